"""Lets a CloudWatch on loopback hang, refuse and send invalid responses, and checks that no push waits for it.

The pushes are timed by the plugin's own timepiecewatch. If the streaming thread waited for the network, a push would
take seconds, since the server keeps every request until the end.
"""

import contextlib
import os
import socket
import threading
import time

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

Gst.init(None)
BUFFERS = 15000


@contextlib.contextmanager
def server(answer):
    """Listens on loopback and passes each connection to `answer`; yields the address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        held = []

        def accept():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                held.append(connection)
                answer(connection)

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", held
        for connection in held:
            connection.close()


def nonsense(connection):
    with contextlib.suppress(OSError):
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\nhi!\n")


def play(cloudwatch):
    """Plays about three seconds; returns the number of laps of the pushes, and the longest in milliseconds."""
    pipeline = Gst.parse_launch(
        f"fakesrc num-buffers={BUFFERS} sizetype=fixed sizemax=64 ! identity sleep-time=100"
        f" ! timepiecewatch watch=push interval=0 ! timepiecetick interval=20000000 {cloudwatch} ! fakesink")
    bus, laps = pipeline.get_bus(), None
    pipeline.set_state(Gst.State.PLAYING)
    while True:
        message = bus.timed_pop_filtered(
            60 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR | Gst.MessageType.ELEMENT)
        assert message is not None and message.type != Gst.MessageType.ERROR, message and message.parse_error()
        if message.type == Gst.MessageType.EOS:
            break
        if message.has_name("timepiece-watch"):
            structure = message.get_structure()
            laps = structure.get_value("num-intervals"), structure.get_value("max-interval") / 1e6
    begun = time.monotonic()
    pipeline.set_state(Gst.State.NULL)
    return laps, time.monotonic() - begun


def main():
    os.environ.update(AWS_ACCESS_KEY_ID="AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY="secret", AWS_REGION="us-east-1")
    settings = "cloudwatch-namespace=Test cloudwatch-interval=1000000000 cloudwatch-spool=none endpoint-uri="
    (count, bare), _ = play("")
    print(f"without CloudWatch: {count} pushes, the longest {bare:.2f} ms")
    assert count >= BUFFERS - 2, count

    def under(name, address, held):
        # A thread that is not scheduled for half a second looks like one that waits for the network; this does not
        # happen three times.
        for _ in range(3):
            (count, longest), stopping = play(settings + address)
            print(f"{name}: {count} pushes, the longest {longest:.2f} ms, stopped in {stopping:.1f} s, {len(held)} connections")
            assert count >= BUFFERS - 2, count
            assert stopping < 20, stopping
            if longest < 500:
                return
        raise AssertionError(f"a push took {longest} ms")

    with server(lambda connection: None) as (address, held):
        under("a service that hangs", address, held)
        assert held, "no connection came, so nothing was shown"
    with server(nonsense) as (address, held):
        under("a captive portal", address, held)
        assert held, "no connection came, so nothing was shown"
    with server(lambda connection: connection.close()) as (address, held):
        under("a service that resets", address, held)
        assert held, "no connection came, so nothing was shown"
    under("a port that refuses", "http://127.0.0.1:1", [])


main()
