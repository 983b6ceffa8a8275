#!/usr/bin/python3
"""Records what five live cameras publish, for the tests of the alarms: minutes of real data, replayed in no time.

    GST_PLUGIN_PATH=.build/release Tests/cloudwatch/record.py 8 >Tests/cloudwatch/cameras.jsonl

Each line is the body of one PutMetricData request. The dimension Label says which camera: 15, 25 and 30 are healthy, at
that many frames a second; of `sixty` four frames in ten are lost, so that 18 of 30 are left; of `late` every fortieth
frame is delayed by 60 ms, the others are on time.
"""
import sys
import time

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

Gst.init(None)
CAMERAS = {"15": 15, "25": 25, "30": 30, "sixty": 30, "late": 30}
CAMERA = """videotestsrc is-live=true ! video/x-raw,width=16,height=16,framerate={fps}/1
 ! identity name=path{label} drop-probability={lost}
 ! timepiecetick label={label} interval=10000000000 post-messages=false cloudwatch-namespace=GStreamer/Video
   cloudwatch-dimensions="dimensions,Device=cam-01" cloudwatch-spool=none cloudwatch-dry-run=true ! fakesink"""


def hold_up(pad, info, count):
    count[0] += 1
    if count[0] % 40 == 0:
        time.sleep(0.06)
    return Gst.PadProbeReturn.OK


def main():
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 8
    pipeline = Gst.parse_launch("\n".join(
        CAMERA.format(label=label, fps=fps, lost=0.4 if label == "sixty" else 0) for label, fps in CAMERAS.items()))
    pad = pipeline.get_by_name("pathlate").get_static_pad("src")
    pad.add_probe(Gst.PadProbeType.BUFFER, hold_up, [0])
    pipeline.set_state(Gst.State.PLAYING)
    failure = pipeline.get_bus().timed_pop_filtered(int(minutes * 60) * Gst.SECOND, Gst.MessageType.ERROR)
    pipeline.set_state(Gst.State.NULL)
    if failure:
        sys.exit(failure.parse_error().gerror.message)


main()
