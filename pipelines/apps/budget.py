#!/usr/bin/python3
"""Says for each second whether a stream keeps its frame budget, and how often it did not.

Why: the mean rate of a camera can be right while one frame in a hundred is late enough to be seen.

    budget.py "videotestsrc is-live=true num-buffers=90 ! timepiecetick ! fakesink"
"""
import pathlib
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst  # noqa: E402

# Not needed once the module is installed.
sys.path += [str(folder / "apps/python") for folder in pathlib.Path(__file__).resolve().parents]
import timepiece_messages  # noqa: E402


def main():
    if len(sys.argv) != 2:
        sys.exit(f'usage: {sys.argv[0]} "<gst-launch description>"')
    Gst.init(None)
    try:
        pipeline = Gst.parse_launch(sys.argv[1])
    except GLib.Error as error:
        sys.exit(f"budget: {error.message}")
    pipeline.set_state(Gst.State.PLAYING)
    late = windows = 0
    wanted = Gst.MessageType.ELEMENT | Gst.MessageType.EOS | Gst.MessageType.ERROR
    while True:
        message = pipeline.get_bus().timed_pop_filtered(Gst.CLOCK_TIME_NONE, wanted)
        if message.type == Gst.MessageType.ERROR:
            pipeline.set_state(Gst.State.NULL)
            sys.exit(f"budget: {message.src.get_name()}: {message.parse_error()[0].message}")
        if message.type == Gst.MessageType.EOS:
            break
        tick = timepiece_messages.parse(message)
        if not isinstance(tick, timepiece_messages.Tick) or not tick.nominal_rate or not tick.intervals.count:
            continue
        budget = 1e9 / tick.nominal_rate
        # A tenth of a frame is what a display forgives.
        within = tick.intervals.p99 <= 1.1 * budget
        windows += 1
        late += not within
        print(f"{tick.label}: p99 {tick.intervals.p99 / 1e6:.2f} ms of {budget / 1e6:.2f} ms"
              f" {'kept' if within else 'LATE'}", flush=True)
    pipeline.set_state(Gst.State.NULL)
    print(f"{windows} windows, {late} late")


if __name__ == "__main__":
    main()
