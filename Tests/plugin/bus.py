"""Reads the reports of a timepiecetick from the bus, as an application does."""

import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

Gst.init(None)


def main():
    pipeline = Gst.parse_launch(
        "videotestsrc is-live=true ! video/x-raw,framerate=60/1"
        " ! timepiecetick label=camera interval=100000000 ! fakesink name=sink"
    )
    bus = pipeline.get_bus()
    reports = []
    passed = 0

    def count(_pad, _info):
        nonlocal passed
        passed += 1
        return Gst.PadProbeReturn.OK

    pipeline.get_by_name("sink").get_static_pad("sink").add_probe(Gst.PadProbeType.BUFFER, count)
    pipeline.set_state(Gst.State.PLAYING)
    # An EOS that is sent before GStreamer is in that state can cause a deadlock.
    assert pipeline.get_state(30 * Gst.SECOND)[0] == Gst.StateChangeReturn.SUCCESS
    while True:
        message = bus.timed_pop_filtered(
            30 * Gst.SECOND, Gst.MessageType.ELEMENT | Gst.MessageType.EOS | Gst.MessageType.ERROR
        )
        assert message is not None, "the pipeline does not end"
        assert message.type != Gst.MessageType.ERROR, message.parse_error()
        if message.type == Gst.MessageType.EOS:
            break
        reports.append(message.get_structure().copy())
        if len(reports) == 3:
            pipeline.send_event(Gst.Event.new_eos())
    pipeline.set_state(Gst.State.NULL)

    assert len(reports) >= 3, reports
    assert all(report.get_name() == "timepiece-tick" for report in reports)
    assert all(report.get_string("label") == "camera" for report in reports)
    assert sum(report.get_uint64("num-buffers").value for report in reports) == passed
    assert reports[-1].get_uint64("total-buffers").value == passed
    assert reports[0].get_double("nominal-rate").value == 60
    # A busy machine may leave the first window empty.
    with_intervals = [report for report in reports if report["num-intervals"]]
    fastest = min(report.get_uint64("min-interval").value for report in with_intervals)
    assert 0 < fastest < Gst.SECOND
    found, intervals = with_intervals[0].get_array("intervals")
    assert found and 0 < intervals.n_values <= 10


if __name__ == "__main__":
    sys.exit(main())
