"""Sends a million buffers through a start and a stop, with and without losses between them, and measures the heap.

The heap is measured while the pipeline runs, so memory that only a stop would free counts, too. A leak of one byte per
buffer would be a megabyte at the end.
"""

import ctypes
import os
import sys
import time

# GLib's own allocator keeps freed memory; malloc knows the memory in use. GLib reads the variable when it is loaded.
os.environ["G_SLICE"] = "always-malloc"

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

Gst.init(None)
BUFFERS = 1_000_000
# The elements between the start and the stop.
WAYS = {
    "nothing is lost": "queue",
    "half is lost": "identity drop-probability=0.5 silent=true",
    "a leaky queue loses": "queue leaky=downstream max-size-buffers=2 ! identity sleep-time=1",
    "all is lost": "identity drop-probability=1 silent=true",
    "every second passes another start": "timepiecewatch watch=other edge=start ! queue",
}


libc = ctypes.CDLL(None)
# Before glibc 2.33 there is only the version with 32-bit numbers.
mallinfo, number = (libc.mallinfo2, ctypes.c_size_t) if hasattr(libc, "mallinfo2") else (libc.mallinfo, ctypes.c_int)


class Info(ctypes.Structure):
    """The result of mallinfo."""

    _fields_ = [(name, number) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")]


mallinfo.restype = Info


def used():
    """Returns the number of allocated bytes."""
    info = mallinfo()
    return info.uordblks + info.hblkhd


def run(way):
    """Plays a million buffers; returns by how many bytes the heap grew after the first fifth, and the report."""
    pipeline = Gst.parse_launch(
        f"fakesrc num-buffers={BUFFERS} ! timepiecetick name=count interval=0 ! timepiecewatch watch=w edge=start"
        f" ! {way} ! timepiecewatch name=stop watch=w edge=stop interval=0 ! fakesink async=false")
    count = pipeline.get_by_name("count")
    bus, sizes, report, ended = pipeline.get_bus(), [], None, False
    pipeline.set_state(Gst.State.PLAYING)
    moved, moved_at = 0, time.monotonic()
    while not ended:
        assert time.monotonic() < moved_at + 60, f"the pipeline stands still after {moved} buffers"
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
        if passed > moved:
            moved, moved_at = passed, time.monotonic()
        if passed >= BUFFERS // 5:
            sizes.append(used())
    pipeline.set_state(Gst.State.NULL)
    assert len(sizes) > 1, sizes
    return sizes[-1] - sizes[0], max(sizes) - sizes[0], report


def main():
    for name, way in WAYS.items():
        growth, peak, report = run(way)
        print(f"{name}: {growth} bytes more at the end, {peak} at most on the way, {report}", flush=True)
        # A queue may hold 200 buffers of about 500 bytes at one measurement and none at another.
        assert growth < 400_000 and peak < 400_000, (name, growth, peak)
        if "another" not in name and "all" not in name:
            assert report["num-intervals"] + report["num-unmatched"] == BUFFERS, report


if __name__ == "__main__":
    sys.exit(main())
