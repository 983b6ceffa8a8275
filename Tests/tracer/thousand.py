#!/usr/bin/python3
"""A thousand traced pipelines, one after the other, leave no thread, no descriptor and no memory behind.

Some have a bus that is read, some an unread one, and in some elements are added and removed. The test needs
GST_TRACERS=timepiece.
"""
import os
import resource
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

TEXTS = (
    "fakesrc num-buffers=20 sizetype=2 ! queue ! identity ! multiqueue ! fakesink",
    "audiotestsrc num-buffers=5 ! tee name=t t. ! queue ! fakesink t. ! queue ! audioconvert ! fakesink",
    "audiomixer name=m ! fakesink audiotestsrc num-buffers=5 ! m. audiotestsrc num-buffers=5 ! queue ! m.",
)


def play(number):
    pipeline = Gst.parse_launch(TEXTS[number % len(TEXTS)])
    bus = pipeline.get_bus()
    pipeline.set_state(Gst.State.PLAYING)
    if number % 2:
        message = bus.timed_pop_filtered(30 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
        assert message and message.type == Gst.MessageType.EOS, message
    if number % 5 == 0:
        guest = Gst.ElementFactory.make("identity", None)
        pipeline.add(guest)
        pipeline.remove(guest)
    pipeline.set_state(Gst.State.NULL)


def state():
    with open("/proc/self/statm", encoding="ascii") as file:
        pages = int(file.read().split()[1])
    return (len(os.listdir("/proc/self/task")), len(os.listdir("/proc/self/fd")), pages * resource.getpagesize() // 1024)


def main():
    Gst.init(None)
    assert any(type(tracer).__name__.endswith("TimepieceTracer") for tracer in Gst.tracing_get_active_tracers()), "not traced"
    for number in range(300):
        play(number)
    before = state()
    for number in range(1000):
        play(number)
    after = state()
    print(f"thousand: threads {before[0]} to {after[0]}, descriptors {before[1]} to {after[1]}, "
          f"{before[2]} to {after[2]} kB")
    # GStreamer's pool of threads releases some later.
    return 0 if after[0] <= before[0] + 4 and after[1] <= before[1] + 2 and after[2] <= before[2] + 4096 else 1


if __name__ == "__main__":
    sys.exit(main())
