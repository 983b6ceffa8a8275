"""Reads and sets the properties of a timepiecetick, while it runs and while it does not."""

import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

Gst.init(None)


def main():
    pipeline = Gst.parse_launch("fakesrc num-buffers=20 ! timepiecetick name=tick ! fakesink")
    tick = pipeline.get_by_name("tick")
    assert tick.get_property("interval") == Gst.SECOND
    assert tick.get_property("post-messages") is True
    assert tick.get_property("label") == "tick"
    assert tick.get_property("max-intervals") == 10
    tick.set_property("max-intervals", 4)
    tick.set_property("label", "gate")

    pipeline.set_state(Gst.State.PLAYING)
    message = pipeline.get_bus().timed_pop_filtered(30 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
    assert message is not None and message.type == Gst.MessageType.EOS
    tick.set_property("interval", 5 * Gst.SECOND)
    assert tick.get_property("interval") == 5 * Gst.SECOND
    stats = tick.get_property("stats")
    assert stats.get_name() == "application/x-timepiece-tick-stats"
    assert stats.get_string("label") == "gate"
    assert stats.get_uint64("total-buffers").value == 20
    pipeline.set_state(Gst.State.NULL)
    assert tick.get_property("stats").get_uint64("total-buffers").value == 0


if __name__ == "__main__":
    sys.exit(main())
