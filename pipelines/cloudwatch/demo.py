#!/usr/bin/python3
"""Publishes a camera that stops to an emulator of CloudWatch on this machine, and shows what the alarms make of it.

Why: to see the whole way from a buffer to a percentile and to an alarm, without an AWS account. A second represents a
minute. `make demo-cloudwatch` brings the emulator.
"""
import json
import os
import pathlib
import subprocess
import sys
import time

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".build/venv/bin/python"
NAMESPACE, METRIC, LABEL, DEVICE = "GStreamer/Video", "frame_processing_time", "camera", "cam-01"

READ_BACK = """
import boto3, datetime, json, sys
place = json.loads(sys.argv[1])
client = boto3.client("cloudwatch", endpoint_url=place["address"], region_name="us-east-1",
                      aws_access_key_id=place["key"], aws_secret_access_key=place["secret"])
now, hour = datetime.datetime.now(datetime.timezone.utc), datetime.timedelta(hours=1)
found = {}
for what in ({"Statistics": ["SampleCount", "Sum", "Minimum", "Maximum"]}, {"ExtendedStatistics": ["p50", "p90", "p99"]}):
    for point in client.get_metric_statistics(
            Namespace=place["namespace"], MetricName=place["metric"], StartTime=now - hour, EndTime=now + hour,
            Period=86400, Dimensions=[{"Name": n, "Value": v} for n, v in place["dimensions"].items()], **what)["Datapoints"]:
        found.update({k: v for k, v in point.items() if isinstance(v, (int, float))}, **point.get("ExtendedStatistics", {}))
print(json.dumps(found))
"""


def play(place, where):
    """Lets a camera play, stop and play again; returns the last report and how the alarms stood, line by line."""
    os.environ.update({"AWS_ACCESS_KEY_ID": place["user"]["key"], "AWS_SECRET_ACCESS_KEY": place["user"]["secret"],
                       "AWS_REGION": "us-east-1"})
    pipeline = Gst.parse_launch(
        f"videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=30/1 ! valve name=cable"
        f" ! timepiecetick name=tick label={LABEL} interval=0 cloudwatch-namespace={NAMESPACE}"
        f" cloudwatch-dimensions=\"dimensions,Device={DEVICE}\" cloudwatch-interval=1000000000 cloudwatch-spool=none"
        f" endpoint-uri={place['address']} ! fakesink")
    pipeline.set_state(Gst.State.PLAYING)
    watcher = subprocess.Popen([PYTHON, ROOT / "pipelines/cloudwatch/watch_alarms.py", json.dumps(where)],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    cable, lines = pipeline.get_by_name("cable"), []
    for seconds, what, is_off in ((10, "the camera plays", False), (9, "the camera stops", True), (9, "it plays again", False)):
        cable.set_property("drop", is_off)
        print(f"-- {what}", flush=True)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            lines.append(watcher.stdout.readline())
            print(lines[-1], end="", flush=True)
    watcher.stdin.close()
    watcher.wait(timeout=30)
    pipeline.send_event(Gst.Event.new_eos())
    bus, report = pipeline.get_bus(), None
    while True:
        message = bus.timed_pop_filtered(
            60 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR | Gst.MessageType.ELEMENT)
        if message is None or message.type == Gst.MessageType.ERROR:
            pipeline.set_state(Gst.State.NULL)
            sys.exit(message.parse_error().gerror.message if message else "the pipeline said nothing for a minute")
        if message.type == Gst.MessageType.EOS:
            break
        if message.has_name("timepiece-tick"):
            report = message.get_structure().copy()
    pipeline.set_state(Gst.State.NULL)
    return report, lines


def show(report, found):
    """The pipeline's own statistics in comparison with the service's, in milliseconds."""
    rows = [("SampleCount", report.get_value("num-intervals"), 1), ("Sum", report.get_value("sum-interval"), 1e6),
            ("Minimum", report.get_value("min-interval"), 1e6), ("Maximum", report.get_value("max-interval"), 1e6)]
    rows += [(p, report.get_value(f"{p}-interval"), 1e6) for p in ("p50", "p90", "p99")]
    print(f"{'':<12} {'pipeline':>12} {'CloudWatch':>12}")
    for name, own, unit in rows:
        theirs = found.get(name, float("nan")) * (1 if unit == 1 else 1000)
        print(f"{name:<12} {own / unit:>12.3f} {theirs:>12.3f}{'' if unit == 1 else ' ms'}")


def main():
    if not PYTHON.exists():
        sys.exit("demo: the emulator is not here; 'make demo-cloudwatch' brings it")
    Gst.init(None)
    servers = subprocess.Popen([PYTHON, ROOT / "Tests/Servers/emulators.py"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)
    try:
        print("starting an emulator of CloudWatch that checks signatures", flush=True)
        place = json.loads(servers.stdout.readline())["ministack"]
        where = {"address": place["address"], **place["user"], "namespace": NAMESPACE, "metric": METRIC,
                 "dimensions": {"Device": DEVICE, "Label": LABEL}}
        report, lines = play(place, where)
        answer = subprocess.run([PYTHON, "-c", READ_BACK, json.dumps(where)], stdout=subprocess.PIPE, text=True, check=True)
        found = json.loads(answer.stdout)
        show(report, found)
        if found.get("SampleCount") != report.get_value("num-intervals"):
            sys.exit("demo: the service does not have what passed")
        states = [line.split()[3] for line in lines[1:] if len(line.split()) == 6]
        rang = states.index("ALARM") if "ALARM" in states else len(states)
        if "OK" not in states[:rang] or "OK" not in states[rang:]:
            sys.exit("demo: video-stopped did not ring and end")
        print("video-stopped rang, and ended")
    finally:
        servers.stdin.close()
        servers.wait(timeout=30)


if __name__ == "__main__":
    main()
