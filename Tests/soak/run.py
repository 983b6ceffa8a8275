#!/usr/bin/env python3
"""Runs the soak against a CloudWatch that takes, throttles, breaks off and says nothing, by turns.

    run.py SOAK MINUTES [SEED]
"""

import http.server
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Servers"))
from quiet_server import QuietServer  # noqa: E402


class Service(http.server.BaseHTTPRequestHandler):
    """The n-th request gets the n-th treatment."""

    protocol_version = "HTTP/1.1"
    requests = 0
    lock = threading.Lock()

    def log_message(self, *arguments):
        pass

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        with Service.lock:
            Service.requests += 1
            turn = Service.requests % 8
        if turn == 3:
            self.close_connection = True
            return
        if turn == 5:
            time.sleep(2)
        status, body = (400, b'{"__type":"ThrottlingException"}') if turn == 1 else (200, b"{}")
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("x-amzn-RequestId", str(turn))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True


def main():
    server = QuietServer(Service)
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, XDG_STATE_HOME=folder, AWS_EC2_METADATA_DISABLED="true")
        done = subprocess.run(
            [sys.argv[1], sys.argv[2], server.address, *sys.argv[3:]], env=environment, check=False,
            timeout=float(sys.argv[2]) * 60 + 120)
    print(f"soak: {Service.requests} requests to CloudWatch")
    return done.returncode if Service.requests else 1


if __name__ == "__main__":
    sys.exit(main())
