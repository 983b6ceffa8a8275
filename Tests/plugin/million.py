"""Sends a million buffers through a start and a stop, with and without losses between them, and looks at the heap meanwhile.

The heap is looked at while the pipeline runs, so what only a stop would free counts, too. A leak of a single byte a buffer
would be a megabyte at the end.
"""

import ctypes
import os
import sys
import time

# GLib's own allocator keeps what is freed; malloc knows what is in use. It is read when GLib is loaded.
os.environ["G_SLICE"] = "always-malloc"

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

Gst.init(None)
BUFFERS = 1_000_000
# What is between the start and the stop.
WAYS = {
    "nothing is lost": "queue",
    "half is lost": "identity drop-probability=0.5 silent=true",
    "a leaky queue loses": "queue leaky=downstream max-size-buffers=2 ! identity sleep-time=1",
    "all is lost": "identity drop-probability=1 silent=true",
    "every second passes another start": "timepiecewatch watch=other edge=start ! queue",
}


class Info(ctypes.Structure):
    """What mallinfo2 returns."""

    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")]


libc = ctypes.CDLL(None)
libc.mallinfo2.restype = Info


def used():
    """Returns the bytes that malloc has given out."""
    info = libc.mallinfo2()
    return info.uordblks + info.hblkhd


def run(way):
    """Plays a million buffers; returns by how many bytes the heap grew from a fifth of them on, and what was reported."""
    pipeline = Gst.parse_launch(
        f"fakesrc num-buffers={BUFFERS} ! timepiecetick name=count interval=0 ! timepiecewatch watch=w edge=start"
        f" ! {way} ! timepiecewatch name=stop watch=w edge=stop interval=0 ! fakesink async=false")
    count = pipeline.get_by_name("count")
    bus, sizes, report, ended = pipeline.get_bus(), [], None, False
    pipeline.set_state(Gst.State.PLAYING)
    deadline = time.monotonic() + 100
    while not ended:
        assert time.monotonic() < deadline, "the pipeline does not end"
        message = bus.timed_pop_filtered(
            20 * Gst.MSECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR | Gst.MessageType.ELEMENT)
        if message:
            assert message.type != Gst.MessageType.ERROR, message.parse_error()
            ended = message.type == Gst.MessageType.EOS
            if message.has_name("timepiece-watch"):
                structure = message.get_structure()
                report = {field: structure.get_value(field) for field in ("num-intervals", "num-unmatched")}
        message = None
        passed = count.get_property("stats").get_uint64("total-buffers").value
        if passed >= BUFFERS // 5:
            sizes.append(used())
    pipeline.set_state(Gst.State.NULL)
    assert len(sizes) > 1, sizes
    return sizes[-1] - sizes[0], max(sizes) - sizes[0], report


def main():
    for name, way in WAYS.items():
        growth, peak, report = run(way)
        print(f"{name}: {growth} bytes more at the end, {peak} at most on the way, {report}", flush=True)
        # A queue may hold 200 buffers of some 500 bytes at one look and none at another.
        assert growth < 400_000 and peak < 400_000, (name, growth, peak)
        if "another" not in name and "all" not in name:
            assert report["num-intervals"] + report["num-unmatched"] == BUFFERS, report


if __name__ == "__main__":
    sys.exit(main())
