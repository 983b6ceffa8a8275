"""Takes a pipeline from NULL to PLAYING and back 1,000 times and checks that no thread and no memory remain."""

import gc
import os
import sys
import time

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

Gst.init(None)


def workers():
    """Returns the number of reporting threads."""
    names = []
    for thread in os.listdir("/proc/self/task"):
        try:
            with open(f"/proc/self/task/{thread}/comm") as comm:
                names.append(comm.read().strip())
        except FileNotFoundError:
            pass
    return names.count("timepiece")


def resident():
    """Returns the resident memory in KiB."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE") // 1024


def cycle():
    """Plays and stops once; without EOS, so that the last report comes at the stop."""
    pipeline = Gst.parse_launch("fakesrc num-buffers=50 ! timepiecetick interval=1000000 ! timepiecetick ! fakesink")
    pipeline.set_state(Gst.State.PLAYING)
    result, state, _ = pipeline.get_state(10 * Gst.SECOND)
    assert result == Gst.StateChangeReturn.SUCCESS, result
    pipeline.set_state(Gst.State.NULL)


def main():
    for _ in range(500):
        cycle()
    gc.collect()
    before = resident()
    for _ in range(500):
        cycle()
    gc.collect()
    # A meter alone has more than 16 KiB: 1,000 leaked meters would be 16 MiB.
    assert resident() - before < 4096, (before, resident())
    deadline = time.monotonic() + 10
    while workers() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert workers() == 0


if __name__ == "__main__":
    sys.exit(main())
