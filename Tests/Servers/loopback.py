"""Services that lend AWS keys, on loopback.

A container's host, EC2's instance metadata, IoT's credentials provider, and a token service for web identities, which
moto does not have once it verifies signatures.
"""

import http.server
import json
import ssl
import threading
import urllib.parse

EXPIRATION = "2099-01-01T00:00:00Z"


def keys(name, **more):
    """The keys of a place as its JSON; the name of the place is in the key."""
    return {"AccessKeyId": f"AKIA{name}", "SecretAccessKey": f"secret-{name}", "Token": f"token-{name}",
            "Expiration": EXPIRATION, **more}


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers by the first part of the path."""

    protocol_version = "HTTP/1.1"
    token = "imds-token"

    def log_message(self, *arguments):
        pass

    def answer(self, status, content=b""):
        content = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_PUT(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        granted = self.headers.get("X-aws-ec2-metadata-token-ttl-seconds") and self.path.endswith("/latest/api/token")
        if self.path.startswith("/imds-refused/"):
            self.answer(403)
        elif self.path.startswith("/imds-v1/"):
            self.answer(404)
        else:
            self.answer(200 if granted else 400, self.token.encode() if granted else b"")

    def do_GET(self):
        place, _, path = self.path[1:].partition("/")
        if place.startswith("imds"):
            self.metadata(place, path)
        elif place == "container":
            self.container(path)
        elif place == "role-aliases":
            self.alias(path)
        else:
            self.answer(404)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        asked = dict(urllib.parse.parse_qsl(body))
        action = asked.get("Action", "")
        role = asked.get("RoleArn", "").rpartition("/")[2]
        holder = (self.headers.get("Authorization") or "").partition("Credential=")[2].partition("/")[0]
        if asked.get("WebIdentityToken", "good").startswith("bad"):
            self.answer(400, b"<ErrorResponse><Error><Type>Sender</Type><Code>InvalidIdentityToken</Code>"
                             b"<Message>" + asked["WebIdentityToken"].encode() + b"</Message></Error></ErrorResponse>")
        elif action == "AssumeRole" and not holder or asked.get("WebIdentityToken", "good identity") != "good identity":
            self.answer(403, b"<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>")
        else:
            self.answer(200, (
                f"<{action}Response><{action}Result><AssumedRoleUser><Arn>{role}</Arn></AssumedRoleUser><Credentials>"
                f"<AccessKeyId>AKIA{role}{holder}</AccessKeyId><SecretAccessKey>a&lt;b&amp;c&#62;</SecretAccessKey>"
                f"<SessionToken>token-{role}</SessionToken><Expiration>{EXPIRATION}</Expiration></Credentials>"
                f"</{action}Result></{action}Response>").encode())

    def metadata(self, place, path):
        if place != "imds-v1" and self.headers.get("X-aws-ec2-metadata-token") != self.token:
            return self.answer(401)
        roles = "latest/meta-data/iam/security-credentials/"
        if path == "latest/meta-data/placement/region":
            self.answer(200, b"ap-south-1")
        elif path == "latest/meta-data/placement/availability-zone":
            self.answer(200, b"ap-south-1a")
        elif place == "imds-norole":
            self.answer(404)
        elif path == roles:
            self.answer(200, b"machine-role")
        elif path == roles + "machine-role":
            self.answer(200, {
                "imds-garbage": b"<html>", "imds-partial": {"AccessKeyId": "AKIAHALF"},
                "imds-error": {"Code": "AssumeRoleUnauthorizedAccess", "Message": "no"},
            }.get(place, keys("INSTANCE", Code="Success")))
        else:
            self.answer(404)

    def container(self, path):
        authorization = self.headers.get("Authorization")
        if path == "open":
            self.answer(200, keys("CONTAINER"))
        elif path == "guarded":
            self.answer(200, keys("GUARDED")) if authorization == "Bearer abc" else self.answer(403)
        elif path == "query?id=1":
            self.answer(200, keys("QUERY"))
        elif path == "number":
            self.answer(200, keys("NUMBER", AccessKeyId=5))
        elif path == "partial":
            self.answer(200, {"AccessKeyId": "AKIAHALF", "SecretAccessKey": "s"})
        elif path == "garbage":
            self.answer(200, b"no JSON")
        elif path == "long":
            self.answer(200, b"[" + b" " * 1_100_000 + b"]")
        elif path == "echo":
            self.answer(500, (authorization or "").encode())
        else:
            self.answer(404)

    def alias(self, path):
        certificate = self.connection.getpeercert() if isinstance(self.connection, ssl.SSLSocket) else None
        if not certificate or self.headers.get("x-amzn-iot-thingname") != "camera-1":
            self.answer(403, {"message": "Access Denied"})
        elif path == "camera-role/credentials":
            self.answer(200, {"credentials": {
                "accessKeyId": "AKIADEVICE", "secretAccessKey": "secret-DEVICE", "sessionToken": "token-DEVICE",
                "expiration": EXPIRATION}})
        elif path == "numbers/credentials":
            self.answer(200, {"credentials": {"accessKeyId": 1, "secretAccessKey": 2, "sessionToken": 3}})
        else:
            self.answer(404, {"message": "Role alias does not exist"})


def serve(context=None):
    """Starts a server on a free port of loopback; returns the port."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *arguments: None  # clients that break off are part of the tests
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]
