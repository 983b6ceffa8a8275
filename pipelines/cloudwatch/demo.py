#!/usr/bin/python3
"""Publishes a pipeline's intervals to an emulator of CloudWatch on this machine, and reads them back.

Why: to see the whole way from a buffer to a percentile without an AWS account. `make demo-cloudwatch` brings the emulator.
"""
import json
import os
import pathlib
import subprocess
import sys

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


def play(place):
    """Plays ten seconds of live video; returns the last report and what became of the figures."""
    os.environ.update({"AWS_ACCESS_KEY_ID": place["user"]["key"], "AWS_SECRET_ACCESS_KEY": place["user"]["secret"],
                       "AWS_REGION": "us-east-1"})
    pipeline = Gst.parse_launch(
        f"videotestsrc is-live=true num-buffers=300 ! timepiecetick name=tick label={LABEL} interval=0"
        f" cloudwatch-namespace={NAMESPACE} cloudwatch-dimensions=\"dimensions,Device={DEVICE}\" cloudwatch-spool=none"
        f" endpoint-uri={place['address']} ! fakesink")
    print("playing ten seconds of live video", flush=True)
    pipeline.set_state(Gst.State.PLAYING)
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
    return report


def show(report, found):
    """The pipeline's own figures beside what the service answers, in milliseconds."""
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
        report = play(place)
        where = {"address": place["address"], **place["user"], "namespace": NAMESPACE, "metric": METRIC,
                 "dimensions": {"Device": DEVICE, "Label": LABEL}}
        answer = subprocess.run([PYTHON, "-c", READ_BACK, json.dumps(where)], stdout=subprocess.PIPE, text=True, check=True)
        found = json.loads(answer.stdout)
        show(report, found)
        if found.get("SampleCount") != report.get_value("num-intervals"):
            sys.exit("demo: the service does not have what passed")
    finally:
        servers.stdin.close()
        servers.wait(timeout=30)


if __name__ == "__main__":
    main()
