"""Ends streams and processes in every way, and checks that their metrics reached CloudWatch on loopback, or the spool.

An application that does not set its pipeline to NULL, one that is interrupted, and a stream that ends while its
pipeline continues to play: in none of these cases may the last minute be missing. Only a signal without a handler loses
metrics that were neither sent nor spooled yet.
"""

import contextlib
import json
import os
import pathlib
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Servers"))
from cloudwatch_server import CloudWatchServer
from quiet_server import certify

BUFFERS = 50


@contextlib.contextmanager
def service(certificate=None):
    """Serves on loopback; yields the server, which counts samples."""
    server = CloudWatchServer(certificate, reads=True)
    yield server
    server.shutdown()


@contextlib.contextmanager
def silence():
    """Accepts connections and never answers; yields the address."""
    held = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def accept():
            while True:
                with contextlib.suppress(OSError):
                    held.append(listener.accept())
                    continue
                return

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def senders():
    """Returns the number of sending threads of this process."""
    count = 0
    for thread in os.listdir("/proc/self/task"):
        with contextlib.suppress(FileNotFoundError), open(f"/proc/self/task/{thread}/comm", encoding="utf-8") as name:
            count += name.read() == "timepiece-send\n"
    return count


def child(address, spool, how):
    """Plays BUFFERS buffers through both publishing elements; then ends in the requested way."""
    import ctypes

    import gi

    gi.require_version("Gst", "1.0")
    from gi.repository import Gst

    # The handler that is registered first is called last, when OpenSSL has ended: any further use of it would crash.
    libc = ctypes.CDLL(None)
    at_end = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_void_p)(lambda status, context: print(senders(), flush=True))
    libc.on_exit(at_end, None)
    Gst.init(None)
    settings = f"interval=0 cloudwatch-namespace=Test cloudwatch-spool={spool} endpoint-uri={address}"
    pipeline = Gst.parse_launch(
        f"appsrc name=src ! timepiecetick name=tick {settings} ! timepiecewatch name=watch {settings} ! fakesink async=false")
    pipeline.set_state(Gst.State.PLAYING)
    source, tick, watch = (pipeline.get_by_name(name) for name in ("src", "tick", "watch"))
    for _ in range(BUFFERS):
        source.emit("push-buffer", Gst.Buffer.new_allocate(None, 16, None))

    def counts():
        return tuple(e.get_property("stats").get_uint64("num-intervals").value for e in (tick, watch))

    while counts()[1] < BUFFERS or tick.get_property("stats").get_uint64("total-buffers").value < BUFFERS:
        time.sleep(0.001)
    print(json.dumps(sum(counts())), flush=True)
    if how == "exit":
        libc.exit(0)
    if how == "eos":
        begun = time.monotonic()
        source.emit("end-of-stream")
        pipeline.get_bus().timed_pop_filtered(60 * Gst.SECOND, Gst.MessageType.EOS)
        print(json.dumps(time.monotonic() - begun), flush=True)
    time.sleep(100)


def start(address, spool, how):
    """Runs a child until its buffers have passed; returns it and the number of intervals that it measured."""
    process = subprocess.Popen(
        [sys.executable, __file__, "child", address, spool, how], stdout=subprocess.PIPE, text=True)
    return process, json.loads(process.stdout.readline())


def ends_alone(process):
    """Waits for the end of a process; returns True if that was orderly, and no thread was sending at its end."""
    left = process.stdout.readline()
    return process.wait(60) == 0 and json.loads(left) == 0


def spooled(spool):
    """Returns the number of samples in a spool."""
    with contextlib.closing(sqlite3.connect(spool)) as database:
        return database.execute("SELECT coalesce(sum(samples), 0) FROM datum").fetchone()[0]


def arrived(server, count):
    """Waits until the service has the given number of samples, and returns whether it has exactly that number."""
    deadline = time.monotonic() + 60
    while server.samples < count and time.monotonic() < deadline:
        time.sleep(0.01)
    return server.samples == count


def main():
    os.environ.update(AWS_ACCESS_KEY_ID="AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY="secret", AWS_REGION="us-east-1")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AWS_CA_BUNDLE"] = certify(folder)
        with service() as server:
            process, count = start(server.address, f"{folder}/exit", "exit")
            assert ends_alone(process) and count >= 2 * BUFFERS - 1, count
            assert server.samples == count, (server.samples, count)
        print(f"exit without NULL: {count} of {count} samples were sent")

        with service(os.environ["AWS_CA_BUNDLE"]) as server:
            process, count = start(server.address, f"{folder}/tls", "exit")
            assert ends_alone(process)
            assert server.samples == count, (server.samples, count)
        print(f"exit without NULL, over TLS: {count} of {count} samples were sent")

        with silence() as address:
            process, count = start(address, f"{folder}/silent", "exit")
            assert ends_alone(process)
        assert spooled(f"{folder}/silent") == count, (spooled(f"{folder}/silent"), count)
        print(f"exit without NULL and without a service that answers: {count} of {count} samples are in the spool")

        with service() as server:
            process, count = start(server.address, f"{folder}/eos", "eos")
            assert arrived(server, count), (server.samples, count)
            assert process.poll() is None
            process.kill()
        print(f"EOS while the pipeline plays on: {count} of {count} samples were sent")

        with silence() as address:
            process, count = start(address, f"{folder}/late", "eos")
            took = json.loads(process.stdout.readline())
            # The request lasts until its deadline of three seconds; EOS does not wait for it.
            assert took < 3, took
            deadline = time.monotonic() + 60
            while spooled(f"{folder}/late") < count and time.monotonic() < deadline:
                time.sleep(0.05)
            process.kill()
            assert spooled(f"{folder}/late") == count, (spooled(f"{folder}/late"), count)
        print(f"EOS and a service that hangs: passed in {took * 1000:.0f} ms, {count} of {count} samples are in the spool")

        with service() as server:
            launch = subprocess.Popen(
                ["gst-launch-1.0", "-m", "videotestsrc", "is-live=true", "!", "timepiecetick", "interval=100000000",
                 "cloudwatch-namespace=Test", f"cloudwatch-spool={folder}/int", f"endpoint-uri={server.address}", "!", "fakesink"],
                stdout=subprocess.PIPE, text=True)
            reports = 0
            for line in launch.stdout:
                reports += "timepiece-tick" in line
                if reports == 3:
                    launch.send_signal(signal.SIGINT)
                    break
            launch.communicate(timeout=60)
            assert server.samples > 0, "an interrupted gst-launch-1.0 sent nothing"
            print(f"gst-launch-1.0 interrupted: {server.samples} samples were sent")


if sys.argv[1:2] == ["child"]:
    child(*sys.argv[2:])
else:
    main()
