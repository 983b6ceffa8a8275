"""Loads the plugin, forks as multiprocessing does, and measures in the child and in the parent."""

import multiprocessing
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

Gst.init(None)


def measure():
    """Plays a short live stream and returns the number of reports and of the buffers in them."""
    pipeline = Gst.parse_launch(
        "videotestsrc is-live=true num-buffers=20 ! video/x-raw,framerate=100/1"
        " ! timepiecetick interval=20000000 ! fakesink"
    )
    pipeline.set_state(Gst.State.PLAYING)
    reports = buffers = 0
    while True:
        message = pipeline.get_bus().timed_pop_filtered(
            20 * Gst.SECOND, Gst.MessageType.ELEMENT | Gst.MessageType.EOS | Gst.MessageType.ERROR
        )
        assert message is not None and message.type != Gst.MessageType.ERROR
        if message.type == Gst.MessageType.EOS:
            break
        reports += 1
        buffers += message.get_structure().get_uint64("num-buffers").value
    pipeline.set_state(Gst.State.NULL)
    return reports, buffers


def main():
    assert Gst.ElementFactory.make("timepiecetick") is not None
    with multiprocessing.get_context("fork").Pool(1) as pool:
        reports, buffers = pool.apply_async(measure).get(timeout=60)
    assert reports >= 3 and buffers == 20, (reports, buffers)
    reports, buffers = measure()
    assert reports >= 3 and buffers == 20, (reports, buffers)


if __name__ == "__main__":
    sys.exit(main())
