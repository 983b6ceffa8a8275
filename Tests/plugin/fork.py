"""Loads the plugin, forks as multiprocessing does, and measures in the child and in the parent."""

import multiprocessing
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

Gst.init(None)


def measure():
    """Plays a live stream until it was reported three times; returns the numbers of reported and of passed buffers."""
    pipeline = Gst.parse_launch(
        "videotestsrc is-live=true ! video/x-raw,framerate=100/1"
        " ! timepiecetick interval=20000000 ! fakesink name=sink"
    )
    passed = 0

    def count(_pad, _info):
        nonlocal passed
        passed += 1
        return Gst.PadProbeReturn.OK

    pipeline.get_by_name("sink").get_static_pad("sink").add_probe(Gst.PadProbeType.BUFFER, count)
    pipeline.set_state(Gst.State.PLAYING)
    # An EOS that is sent before GStreamer is in that state can cause a deadlock.
    assert pipeline.get_state(30 * Gst.SECOND)[0] == Gst.StateChangeReturn.SUCCESS
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
        if reports == 3:
            pipeline.send_event(Gst.Event.new_eos())
    pipeline.set_state(Gst.State.NULL)
    return buffers, passed


def main():
    assert Gst.ElementFactory.make("timepiecetick") is not None
    with multiprocessing.get_context("fork").Pool(1) as pool:
        buffers, passed = pool.apply_async(measure).get(timeout=60)
    assert 0 < buffers == passed, (buffers, passed)
    buffers, passed = measure()
    assert 0 < buffers == passed, (buffers, passed)


if __name__ == "__main__":
    sys.exit(main())
