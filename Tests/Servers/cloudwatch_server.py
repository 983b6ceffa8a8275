"""A CloudWatch on loopback for the tests of the plugin: takes what comes, unless a test says what it answers instead."""

import gzip
import http.server
import json
import threading

from quiet_server import QuietServer

ACCEPTED = (200, b"{}")


class CloudWatchServer(QuietServer):
    """Counts requests and samples, and answers each with the status and the body that `answer` returns.

    `answer` gets the number of the request, from 1 on, and returns a status and a body, or None: then the connection is
    closed without an answer. What comes is read only if `reads` is true: `samples` counts what was accepted.
    """

    def __init__(self, certificate=None, answer=lambda number: ACCEPTED, reads=False):
        self.answer, self.reads = answer, reads
        self.requests = self.samples = 0
        self.lock = threading.Lock()
        super().__init__(_Handler, certificate)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_POST(self):
        content = self.rfile.read(int(self.headers["Content-Length"]))
        server = self.server
        with server.lock:
            server.requests += 1
            number = server.requests
        answer = server.answer(number)
        if answer is None:
            self.close_connection = True
            return
        status, body = answer
        if server.reads and status == 200:
            if self.headers.get("Content-Encoding") == "gzip":
                content = gzip.decompress(content)
            with server.lock:
                server.samples += sum(datum["StatisticValues"]["SampleCount"] for datum in json.loads(content)["MetricData"])
        try:
            self.send_response(status)
            for name, value in {"Content-Type": "application/x-amz-json-1.0", "x-amzn-RequestId": str(number),
                                "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True
