#!/usr/bin/python3
"""Shows three cameras, of which one stops and one is uneven, as Prometheus sees them.

Why: to see the whole way from a buffer to a percentile and an alert without a server to set up. `make demo-prometheus` brings
Debian's Prometheus, which runs for the time of this program. With --stay it continues until Ctrl-C, for Grafana.
"""

import pathlib
import sys
import tempfile
import time

import gi
from server import Prometheus, free_port

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
CAMERAS = {"front-door": 30, "yard": 25, "garage": 15}
# Of the yard's buffers one in ten is lost.
LOSSES = {"yard": 0.1}


def describe(port):
    cameras = [
        f"videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate={rate}/1"
        f" ! valve name=cable-{label} ! identity drop-probability={LOSSES.get(label, 0)}"
        f" ! timepiecewatch watch=encode-{label} edge=start"
        f" ! timepiecetick label={label} stall-timeout=1000000000 post-messages=false prometheus-port={port}"
        f" ! queue ! jpegenc ! timepiecewatch watch=encode-{label} edge=stop post-messages=false"
        f" prometheus-port={port} ! fakesink async=false"
        for label, rate in CAMERAS.items()
    ]
    return " ".join(cameras)


def figures(prometheus):
    """A line for each camera: rate, percentiles, latency, age, and what alerts."""

    def by(label, expression):
        return {labels.get(label): value for labels, value in prometheus.query(expression)}

    window = "[10s]"
    rate = by("label", f"rate(timepiece_buffers_total{window})")
    median, slow = (
        by("label", f"histogram_quantile({q}, rate(timepiece_interval_seconds{window}))") for q in (0.5, 0.99)
    )
    encode = by("watch", f"histogram_quantile(0.99, rate(timepiece_watch_seconds{window}))")
    age = by("label", "timepiece_last_buffer_age_seconds")
    alerts = {}
    for labels, _ in prometheus.query('ALERTS{alertstate="firing"}'):
        alerts.setdefault(labels.get("label"), []).append(labels["alertname"].removeprefix("Timepiece"))

    def text(values, name, unit, factor=1):
        return f"{values[name] * factor:.1f}{unit}" if name in values else "-"

    print(f"{'camera':<12}{'rate':>8}{'p50':>11}{'p99':>11}{'encode p99':>12}{'last':>8}  alerts")
    for label in CAMERAS:
        print(
            f"{label:<12}{text(rate, label, ''):>8}{text(median, label, ' ms', 1e3):>11}{text(slow, label, ' ms', 1e3):>11}"
            f"{text(encode, f'encode-{label}', ' ms', 1e3):>12}{text(age, label, ' s'):>8}"
            f"  {', '.join(alerts.get(label, ['-']))}",
            flush=True,
        )
    return alerts


def main():
    Gst.init(None)
    stays = "--stay" in sys.argv
    port = free_port()
    pipeline = Gst.parse_launch(describe(port))
    pipeline.set_name("cameras")
    if pipeline.set_state(Gst.State.PLAYING) == Gst.StateChangeReturn.FAILURE:
        message = pipeline.get_bus().pop_filtered(Gst.MessageType.ERROR)
        sys.exit(message.parse_error().gerror.message if message else "the pipeline does not start")
    fired = {}
    with tempfile.TemporaryDirectory() as folder, Prometheus(folder, [f"127.0.0.1:{port}"], [HERE / "rules.yml"]) as server:
        print(f"the page: http://127.0.0.1:{port}/metrics   Prometheus: {server.url}", flush=True)
        time.sleep(4)
        steps = (
            (8, "three cameras play", "garage", False),
            (8, "the garage's cable is pulled", "garage", True),
            (6, "it is plugged in again", "garage", False),
        )
        for seconds, what, label, is_off in steps:
            pipeline.get_by_name(f"cable-{label}").set_property("drop", is_off)
            print(f"-- {what}", flush=True)
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                time.sleep(2)
                for camera, alerts in figures(server).items():
                    fired.setdefault(camera, set()).update(alerts)
        try:
            while stays:
                time.sleep(5)
                figures(server)
        except KeyboardInterrupt:
            pass
    pipeline.set_state(Gst.State.NULL)
    if "Stalled" not in fired.get("garage", ()):
        sys.exit("demo: the garage stalled, and no alert fired")
    print("TimepieceStalled fired for the garage, and ended")


if __name__ == "__main__":
    main()
