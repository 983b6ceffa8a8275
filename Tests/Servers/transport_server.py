"""A server that misbehaves as its paths say: what a transport must live through."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time

from certificates import Authority, context
from lifetime import run, say, wait_for_end

counts = {}
counts_lock = threading.Lock()


def read_request(stream):
    """Reads one request; None at the end of the connection."""
    line = stream.readline()
    if not line:
        return None
    method, path, _ = line.decode("latin-1").split()
    headers = []
    while True:
        field = stream.readline().decode("latin-1").rstrip("\r\n")
        if not field:
            break
        name, _, value = field.partition(":")
        headers.append([name.lower(), value.strip()])
    length = int(dict(headers).get("content-length", 0))
    return method, path, headers, length


def reply(connection, body, status="200 OK", extra=""):
    connection.sendall(
        f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
        f"{extra}\r\n".encode() + body)


def serve(connection):
    stream = connection.makefile("rb")
    served = 0
    while True:
        request = read_request(stream)
        if request is None:
            return
        method, path, headers, length = request
        if path == "/close-early":
            stream.read(min(length, 10))
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            return
        body = stream.read(length)
        with counts_lock:
            counts[path] = counts.get(path, 0) + 1
        served += 1
        if path == "/echo":
            reply(connection, json.dumps({
                "method": method, "headers": {name: value for name, value in headers}, "length": length,
                "body": body[:100].decode("latin-1")}).encode())
        elif path.startswith("/big/"):
            reply(connection, b"x" * int(path.split("/")[2]))
        elif path.startswith("/count/"):
            reply(connection, json.dumps({"count": counts.get("/" + path.split("/")[2], 0)}).encode())
        elif path == "/status":
            reply(connection, b"gone wrong", "503 Service Unavailable", "X-Twice: a\r\nx-twice: b\r\n")
        elif path == "/redirect":
            reply(connection, b"", "302 Found", "Location: /echo\r\n")
        elif path == "/interim":
            connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: early\r\n\r\n")
            reply(connection, b"after")
        elif path == "/close-after":
            return
        elif path == "/keep-then-drop":
            if served > 1:
                return
            reply(connection, b"kept")
        elif path == "/garbage":
            connection.sendall(b"good day\r\n\r\nto you")
            return
        elif path == "/truncated":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nten bytes.")
            return
        elif path == "/endless-header":
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            for number in range(5000):
                connection.sendall(f"X-Field-{number}: {'y' * 40}\r\n".encode())
            return
        elif path == "/hang":
            time.sleep(60)
            return


def listen(context=None):
    """Starts a server on a free port of loopback; returns the port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def handle(connection):
        try:
            with connection:
                serve(context.wrap_socket(connection, server_side=True) if context else connection)
        except (OSError, ValueError):
            pass

    def accept():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=handle, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


def main():
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        authority = Authority(folder)
        right = authority.issue("right", ["127.0.0.1", "localhost"])
        wrong = authority.issue("wrong", ["wrong.example"])
        device = authority.issue("device")
        directory = os.path.join(folder, "hashed")
        os.mkdir(directory)
        shutil.copy(authority.path, directory)
        subprocess.run(["openssl", "rehash", directory], check=True)
        # Bound and not listening: it refuses connections, and no other program can use the port.
        closed = socket.socket()
        closed.bind(("127.0.0.1", 0))
        say({
            "plain": listen(), "tls": listen(context(*right)), "wrongName": listen(context(*wrong)),
            "mutual": listen(context(*right, client_authority=authority.path)), "closed": closed.getsockname()[1],
            "authority": authority.path, "directory": directory, "device": device[0], "deviceKey": device[1]})
        wait_for_end()


run(main)
