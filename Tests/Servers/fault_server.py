"""A CloudWatch that misbehaves, and keeps exact books of what it took.

The address of a client is http://127.0.0.1:PORT/FAULT/NAME: the fault says how the first requests of that name go wrong,
later ones are taken. GET on the same path gives the books.

It takes OpenTelemetry's protocol, too, at /FAULT/NAME/v1/metrics, where the faults begin with `otlp`. At otlp-sigv4 both
protocols' signatures are made again by botocore and compared.
"""

import calendar
import email.utils
import gzip
import http.server
import json
import socket
import sys
import tempfile
import threading
import time

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from certificates import Authority, context
from lifetime import run, say, wait_for_end
from otlp_books import OpenTelemetryBooks, partial_success

REQUEST_ID = "x-amzn-RequestId"
SKEW = 7200
PROTOBUF = "application/x-protobuf"
# The tests' own.
KEYS = Credentials("AKIATEST", "very/secret+key/of-the-tests", "very-secret-token-of-the-tests")


class Books:
    """What was taken under one name."""

    def __init__(self):
        self.requests = self.samples = self.data = 0
        self.stamps = []
        self.problems = []

    def take(self, content):
        for datum in content["MetricData"]:
            self.data += 1
            self.samples += datum["StatisticValues"]["SampleCount"]
            self.stamps.append(datum["Timestamp"])
            self.check(datum)

    def check(self, datum):
        """Notes whatever breaks a limit of the API."""
        exact = datum["StatisticValues"]
        total = sum(value * count for value, count in zip(datum["Values"], datum["Counts"]))
        for problem, is_broken in [
                ("counts", len(datum["Values"]) != len(datum["Counts"])), ("values", len(datum["Values"]) > 150),
                ("count", sum(datum["Counts"]) != exact["SampleCount"]),
                ("sum", abs(total - exact["Sum"]) > 1e-6 * exact["Sum"]),
                ("minimum", min(datum["Values"]) < exact["Minimum"] - 1e-9),
                ("maximum", max(datum["Values"]) > exact["Maximum"] + 1e-9),
                ("unit", datum["Unit"] != "Seconds"), ("dimensions", len(datum["Dimensions"]) > 30),
                ("stamp", datum["Timestamp"] != int(datum["Timestamp"]))]:
            if is_broken:
                self.problems.append(problem)


books = {}
otlp_books = {}
lock = threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection; the path says what goes wrong."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def date_time_string(self, timestamp=None):
        skew = SKEW if self.path.startswith("/clock/") else 0
        return email.utils.formatdate(time.time() + skew, usegmt=True)

    def do_GET(self):
        if self.path.endswith("/v1/metrics"):
            with lock:
                self.answer(200, otlp_books.setdefault(self.path, OpenTelemetryBooks()).summary())
            return
        with lock:
            own = books.setdefault(self.path.strip("/"), Books())
            self.answer(200, {
                "requests": own.requests, "samples": own.samples, "data": own.data, "problems": " ".join(own.problems),
                "earliest": min(own.stamps, default=0), "latest": max(own.stamps, default=0)})

    def do_POST(self):
        if self.path.endswith("/v1/metrics"):
            self.take_open_telemetry()
            return
        fault, _, _ = self.path.strip("/").partition("/")
        length = int(self.headers["Content-Length"])
        with lock:
            own = books.setdefault(self.path.strip("/"), Books())
            own.requests += 1
            number = own.requests
        if fault == "reset-before" and number <= 2:
            self.rfile.read(min(length, 10))
            return self.reset()
        body = self.rfile.read(length)
        if fault == "otlp-sigv4" and not self.is_signed(body):
            own.problems.append("signature")
        content = json.loads(gzip.decompress(body))
        if self.headers["X-Amz-Target"] != "GraniteServiceVersion20100801.PutMetricData":
            own.problems.append("target")

        def take():
            with lock:
                own.take(content)

        action = getattr(self, "fault_" + fault.replace("-", "_"))
        if not action(number, content, take):
            take()
            self.confirm()

    def is_signed(self, body):
        """Whether botocore makes the same signature of what came."""
        given = dict(part.split("=", 1) for part in self.headers["Authorization"].split(" ", 1)[1].split(", "))
        request = AWSRequest("POST", f"http://{self.headers['Host']}{self.path}", data=body)
        for name in given["SignedHeaders"].split(";"):
            request.headers[name] = self.headers[name]
        request.context["timestamp"] = self.headers["X-Amz-Date"]
        auth = SigV4Auth(KEYS, "monitoring", "us-east-1")
        text = auth.string_to_sign(request, auth.canonical_request(request))
        return auth.signature(text, request) == given["Signature"]

    def take_open_telemetry(self):
        fault = self.path.split("/")[1]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with lock:
            own = otlp_books.setdefault(self.path, OpenTelemetryBooks())
            own.requests += 1
            own.times.append(time.monotonic())
            number = own.requests
            if self.headers["Content-Type"] != PROTOBUF:
                own.problems.append("type")
            if fault == "otlp-sigv4" and not self.is_signed(body):
                own.problems.append("signature")
            if fault == "otlp-key" and self.headers["X-Api-Key"] != "a key, that nobody sees":
                return self.answer(401, b"")
            request = own.read(gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body)
        wrong = {
            "otlp-503": (2, 503, b"", {"Retry-After": "1"}), "otlp-429": (1, 429, b"", {"Retry-After": "1"}),
            "otlp-502": (1, 502, b"<html>", {"Content-Type": "text/html"}), "otlp-504": (1, 504, b"", {}),
            "otlp-400": (1, 400, b"\x08\x03\x12\x0bno good, no", {"Content-Type": PROTOBUF}),
            "otlp-404": (1, 404, b"", {}), "otlp-500": (1, 500, b"", {}), "otlp-501": (1, 501, b"", {}),
            "otlp-portal": (2, 200, b"<html>Please accept our terms</html>", {"Content-Type": "text/html"}),
            "otlp-redirect": (1, 302, b"", {"Location": "http://127.0.0.1:9/login"}),
            "otlp-echo": (sys.maxsize, 400, b"Do not say: " + (self.headers["X-Api-Key"] or "").encode(),
                          {"Content-Type": "text/plain"}),
            "otlp-partial": (1, 200, partial_success(2, "two are bad"), {"Content-Type": PROTOBUF}),
            "otlp-warning": (1, 200, partial_success(0, "be careful"), {"Content-Type": PROTOBUF}),
        }.get(fault, (0, 0, b"", {}))
        times, status, answer, headers = wrong
        if number > times or status == 200 and fault != "otlp-portal":
            with lock:
                own.take(request)
        if number <= times:
            self.answer(status, answer, headers)
        else:
            self.answer(200, b"", {"Content-Type": PROTOBUF, **({REQUEST_ID: "x"} if fault == "otlp-sigv4" else {})})

    # Each of these returns True if it has dealt with the request.

    def fault_otlp_sigv4(self, number, content, take):
        return False

    def fault_none(self, number, content, take):
        return False

    def fault_reset_before(self, number, content, take):
        return False

    def fault_denied(self, number, content, take):
        return number <= 2 and self.refuse(
            403, "AccessDeniedException", message="User: arn:aws:iam::123456789012:user/cam-01 is not authorized to perform: "
            "cloudwatch:PutMetricData because no identity-based policy allows the cloudwatch:PutMetricData action")

    def fault_too_long(self, number, content, take):
        # As nginx says it.
        if len(content["MetricData"]) < 2:
            return False
        body = b"<html><head><title>413 Request Entity Too Large</title></head></html>"
        self.send_response(413)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return True

    def fault_throttling(self, number, content, take):
        return number <= 2 and self.refuse(400, "ThrottlingException", {"x-amz-retry-after": "120"})

    def fault_query_throttling(self, number, content, take):
        return number <= 2 and self.refuse(400, None, {"x-amzn-query-error": "Throttling;Sender"})

    def fault_500(self, number, content, take):
        return number <= 2 and self.refuse(500, "InternalServiceFault")

    def fault_503(self, number, content, take):
        return number <= 2 and self.refuse(503, None, is_service=False)

    def fault_reset_after(self, number, content, take):
        if number == 1:
            take()
            self.reset()
            return True
        return False

    def fault_hang(self, number, content, take):
        if number == 1:
            time.sleep(40)
            self.close_connection = True
            return True
        return False

    def fault_slow(self, number, content, take):
        if number != 1:
            return False
        take()
        text = (f"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\n{REQUEST_ID}: slow\r\n"
                "Content-Length: 2\r\n\r\n{}").encode()
        for byte in text:
            self.wfile.write(bytes([byte]))
            time.sleep(0.005)
        return True

    def fault_portal(self, number, content, take):
        if number <= 2:
            self.answer(200, b"<html>Please accept our terms</html>", {"Content-Type": "text/html"})
            return True
        return False

    def fault_garbage(self, number, content, take):
        if number <= 2:
            self.answer(200, b"\x00\xff" * 50, {REQUEST_ID: "x", "Content-Type": "application/x-amz-json-1.0"})
            return True
        return False

    def fault_redirect(self, number, content, take):
        if number <= 2:
            self.answer(302, b"", {"Location": "http://127.0.0.1:9/login"})
            return True
        return False

    def fault_forbidden_by_proxy(self, number, content, take):
        if number <= 2:
            self.answer(403, b"<html>Blocked</html>", {"Content-Type": "text/html"})
            return True
        return False

    def fault_truncated(self, number, content, take):
        if number == 1:
            take()
            self.send_response(200)
            self.send_header(REQUEST_ID, "x")
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"{")
            self.close_connection = True
            return True
        return False

    def fault_clock(self, number, content, take):
        signed = time.strptime(self.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ")
        if abs(calendar.timegm(signed) - (time.time() + SKEW)) > 300:
            return self.refuse(403, "InvalidSignatureException", message="Signature expired: too old")
        return False

    def fault_expired(self, number, content, take):
        return number <= 2 and self.refuse(403, "ExpiredTokenException")

    def fault_refused(self, number, content, take):
        is_bad = any(pair["Value"] == "bad" for datum in content["MetricData"] for pair in datum["Dimensions"])
        return is_bad and self.refuse(400, "InvalidParameterValue", message="The value bad is not allowed")

    def refuse(self, status, code, headers=(), is_service=True, message="no"):
        body = {"message": message}
        if code:
            body["__type"] = "com.amazonaws.cloudwatch#" + code
        self.answer(status, body, {
            "Content-Type": "application/x-amz-json-1.0", **({REQUEST_ID: "x"} if is_service else {}), **dict(headers)})
        return True

    def confirm(self):
        self.answer(200, {}, {REQUEST_ID: "x", "Content-Type": "application/x-amz-json-1.0"})

    def answer(self, status, content, headers=()):
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def reset(self):
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self.connection.close()

    def handle(self):
        try:
            super().handle()
        except (OSError, ValueError):
            pass

    def finish(self):
        try:
            super().finish()
        except (OSError, ValueError):
            pass


def serve(tls=None):
    """Starts a server on a free port of loopback; returns the port."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def main():
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority(folder)
        say({
            "plain": serve(), "authority": authority.path,
            "tls": serve(context(*authority.issue("localhost", ["localhost", "127.0.0.1"]))),
            "wrongName": serve(context(*authority.issue("elsewhere", ["elsewhere.example"])))})
        wait_for_end()


run(main)
