#!/usr/bin/python3
"""A real pipeline, read by Debian's Prometheus with native histograms, while hostile clients sit on the same page."""

import contextlib
import json
import math
import os
import pathlib
import random
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "pipelines" / "prometheus"))
from server import Prometheus, free_port  # noqa: E402

Gst.init(None)
# Half, 90 % and 99 % of it are no whole numbers: Prometheus takes a percentile that is the last value of a bucket, which in a
# long tail is the only one, for the bucket's end, 1.09 % above its beginning.
INTERVALS = 1055


def lognormal(source):
    return min(0.1, source.lognormvariate(math.log(0.004), 0.6))


def heavy_tail(source):
    return min(1.0, 0.0015 * source.paretovariate(1.3))


# The time to the next buffer in seconds, and how many intervals.
STREAMS = {
    "steady": (lambda _source: 1 / 30, 255),
    "lognormal": (lognormal, INTERVALS),
    "heavy-tail": (heavy_tail, INTERVALS),
}


def read(port, path="/metrics", **options):
    with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}{path}", **options), timeout=10) as reply:
        return reply.read().decode()


def series(page):
    """The samples of a page in text, by name with labels."""
    lines = (line.rsplit(" ", 1) for line in page.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in lines}


class Streams:
    """One pipeline with a tick in each of its streams, whose buffers a thread each pushes."""

    def __init__(self, port, file=None):
        settings = f"prometheus-port={port}" + (f" prometheus-file={file}" if file else "")
        self.pipeline = Gst.parse_launch(
            " ".join(
                f"appsrc name=src-{name} format=time ! timepiecewatch watch=around-{name} post-messages=false {settings}"
                f" ! timepiecetick name=tick-{name} label={name} interval=0 max-intervals=10000 {settings}"
                " ! fakesink sync=false async=false"
                for name in STREAMS
            )
            + " videotestsrc is-live=true ! video/x-raw,width=64,height=48,framerate=50/1"
            " ! timepiecetick name=reporter interval=100000000 ! fakesink async=false"
        )
        self.pipeline.set_name("streams")
        self.reports = []
        self.intervals = {}
        self.threads = [threading.Thread(target=self._push, args=item) for item in STREAMS.items()]

    def _push(self, name, stream):
        gap, count = stream
        appsrc = self.pipeline.get_by_name(f"src-{name}")
        source = random.Random(1)
        due = time.monotonic()
        for _ in range(count + 1):
            appsrc.emit("push-buffer", Gst.Buffer.new_wrapped(bytes(1000)))
            due = max(due + gap(source), time.monotonic())
            time.sleep(max(0, due - time.monotonic()))

    def run(self):
        self.pipeline.set_state(Gst.State.PLAYING)
        assert self.pipeline.get_state(30 * Gst.SECOND)[0] != Gst.StateChangeReturn.FAILURE
        self.reader = threading.Thread(target=self._read)
        self.reader.start()
        for thread in self.threads:
            thread.start()
        for thread in self.threads:
            thread.join()

    def end(self):
        """Ends the streams and waits until their last windows are reported."""
        self.pipeline.send_event(Gst.Event.new_eos())
        self.reader.join(30)
        assert not self.reader.is_alive()

    def stop(self):
        self.pipeline.set_state(Gst.State.NULL)

    def _read(self):
        bus = self.pipeline.get_bus()
        while True:
            message = bus.timed_pop_filtered(
                30 * Gst.SECOND, Gst.MessageType.ELEMENT | Gst.MessageType.EOS | Gst.MessageType.ERROR
            )
            assert message and message.type != Gst.MessageType.ERROR, message and message.parse_error()
            if message.type == Gst.MessageType.EOS:
                return
            structure = message.get_structure()
            if structure.get_name() != "timepiece-tick":
                continue
            label = structure.get_string("label")
            if label == "reporter":
                self.reports.append(time.monotonic())
            else:
                _, array = structure.get_array("intervals")
                self.intervals[label] = sorted(array.get_nth(i) for i in range(array.n_values))


def attack(port, stop):
    """Connections that never finish, headers without end, garbage, and readers that do not read."""
    clients = []
    source = random.Random(2)
    while not stop.is_set():
        with contextlib.suppress(OSError):
            client = socket.create_connection(("127.0.0.1", port), timeout=1)
            client.setblocking(False)
            clients.append(client)
            kind = len(clients) % 4
            if kind == 0:
                client.send(b"GET /metrics HTTP/1.1\r\nX: ")
            elif kind == 1:
                client.send(b"GET /metrics HTTP/1.1\r\n" + b"X: y\r\n" * 5000)
            elif kind == 2:
                client.send(source.randbytes(500))
            else:
                client.send(b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n" * 20)
        for client in clients[-200:]:
            with contextlib.suppress(OSError):
                client.send(b"x")
        for client in clients[:-200]:
            client.close()
        del clients[:-200]
        time.sleep(0.01)
    for client in clients:
        client.close()


class PrometheusTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.port, cls.attacked = free_port(), free_port()
        cls.file = cls.folder / "streams.prom"
        cls.streams = Streams(cls.port, cls.file)
        bystander = Gst.parse_launch(
            "videotestsrc is-live=true ! video/x-raw,width=64,height=48"
            f" ! timepiecetick label=attacked prometheus-port={cls.attacked} ! fakesink"
        )
        bystander.set_state(Gst.State.PLAYING)
        bystander.get_state(30 * Gst.SECOND)
        cls.prometheus = cls.enterClassContext(Prometheus(cls.folder, [f"127.0.0.1:{cls.port}"]))
        stop = threading.Event()
        attacker = threading.Thread(target=attack, args=(cls.attacked, stop))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        attacker.start()
        cls.streams.run()
        stop.set()
        attacker.join()
        cls.streams.end()
        cls.grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        cls.page = read(cls.port)
        # The attacked page is still readable.
        deadline = time.monotonic() + 20
        while True:
            try:
                cls.attacked_page = read(cls.attacked)
                break
            except OSError:
                assert time.monotonic() < deadline
        bystander.set_state(Gst.State.NULL)
        time.sleep(2.5)

    @classmethod
    def tearDownClass(cls):
        cls.streams.stop()

    def test_percentiles_are_those_of_an_observer(self):
        for label, (_, count) in STREAMS.items():
            intervals = self.streams.intervals[label]
            self.assertEqual(len(intervals), count)
            for percent in (50, 90, 99):
                expression = f'histogram_quantile({percent / 100}, timepiece_interval_seconds{{label="{label}"}})'
                ((_, seconds),) = self.prometheus.query(expression)
                truth = intervals[math.ceil(percent / 100 * count - 1e-9) - 1] / 1e9
                self.assertAlmostEqual(seconds / truth, 1, delta=0.01, msg=f"p{percent} of {label}")
                print(f"prometheus: p{percent} of {label}: {seconds * 1e3:.2f} ms for {truth * 1e3:.2f}")
            ((_, sum_of_all),) = self.prometheus.query(f'histogram_sum(timepiece_interval_seconds{{label="{label}"}})')
            self.assertAlmostEqual(sum_of_all, sum(intervals) / 1e9, places=6)

    def test_counters_are_the_buffers_that_passed_and_never_fall(self):
        for label, (_, count) in STREAMS.items():
            ((labels, buffers),) = self.prometheus.query(f'timepiece_buffers_total{{label="{label}"}}')
            self.assertEqual(buffers, count + 1)
            self.assertEqual((labels["pipeline"], labels["element"]), ("streams", f"tick-{label}"))
            ((_, size),) = self.prometheus.query(f'timepiece_bytes_total{{label="{label}"}}')
            self.assertEqual(size, 1000 * (count + 1))
            ((_, laps),) = self.prometheus.query(f'histogram_count(timepiece_watch_seconds{{watch="around-{label}"}})')
            self.assertEqual(laps, count + 1)
        for name in ("timepiece_buffers_total", "timepiece_bytes_total", "timepiece_freeze_seconds_total"):
            for labels, samples in self.prometheus.samples(f"{name}[5m]").items():
                self.assertEqual(samples, sorted(samples), labels)
                self.assertGreater(len(samples), 4)

    def test_reports_stay_on_time_and_memory_bounded_with_hostile_clients(self):
        gaps = [later - earlier for earlier, later in zip(self.streams.reports, self.streams.reports[1:])]
        self.assertGreater(len(gaps), 20)
        self.assertLess(max(gaps), 2)
        self.assertLess(self.grown, 60_000, "kB more than before")
        self.assertIn('timepiece_buffers_total{pipeline="', self.attacked_page)

    def test_promtool_accepts_the_page(self):
        for page in (self.page, self.attacked_page):
            found = subprocess.run(
                ["promtool", "check", "metrics"], input=page, capture_output=True, text=True, check=False
            )
            self.assertEqual((found.returncode, found.stdout + found.stderr), (0, ""))

    def test_prometheus_answers_each_question_of_the_dashboard(self):
        dashboard = json.loads((ROOT / "pipelines/prometheus/dashboard.json").read_text())
        # Of these the pipeline has nothing to show.
        silent = ("timepiece_element_", "timepiece_queue_", "in_flight", "_unmatched_", "_merged_", "nominal_rate")
        for panel in dashboard["panels"]:
            for target in panel.get("targets", []):
                expression = target["expr"].replace("$__rate_interval", "1m")
                for variable in ("$pipeline", "$label", "$watch"):
                    expression = expression.replace(variable, ".*")
                found = self.prometheus.series(expression)
                if not any(name in expression for name in silent) and "_bucket" not in expression.split(" or ")[0]:
                    self.assertTrue(found, expression)

    def test_the_file_equals_the_page(self):
        self.assertEqual([path.name for path in self.folder.glob("streams*")], [self.file.name])
        names = {name.split("{")[0] for name in series(self.file.read_text())}
        self.assertEqual(names, {name.split("{")[0] for name in series(self.page)})


class SettingsTests(unittest.TestCase):
    def refused(self, settings):
        """Why a pipeline with these settings does not get to PAUSED."""
        pipeline = Gst.parse_launch(f"fakesrc ! timepiecetick name=t {settings} ! fakesink")
        self.assertEqual(pipeline.set_state(Gst.State.READY), Gst.StateChangeReturn.SUCCESS)
        self.assertEqual(pipeline.set_state(Gst.State.PAUSED), Gst.StateChangeReturn.FAILURE)
        message = pipeline.get_bus().pop_filtered(Gst.MessageType.ERROR)
        pipeline.set_state(Gst.State.NULL)
        error, _ = message.parse_error()
        self.assertTrue(error.matches(Gst.ResourceError.quark(), Gst.ResourceError.SETTINGS))
        self.assertEqual(message.src.get_name(), "t")
        return error.message

    def test_a_port_in_use_is_refused_and_used_once_it_is_free(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            self.assertEqual(
                self.refused(f"prometheus-port={port}"),
                f"Prometheus cannot be given a page at port {port} of 127.0.0.1: Address already in use. "
                "Another program uses it; choose another port.",
            )
        self.play(f"prometheus-port={port}")
        self.assertIn("timepiece_build_info", read(port))

    def test_wrong_addresses_and_files_are_refused(self):
        self.assertIn("'nowhere.example'; allowed is an IP address", self.refused(
            f"prometheus-port={free_port()} prometheus-address=nowhere.example"))
        self.assertIn("ends with .prom", self.refused("prometheus-file=/tmp/metrics.txt"))
        self.assertIn("No such file or directory", self.refused("prometheus-file=/nowhere/a.prom"))

    def play(self, settings):
        pipeline = Gst.parse_launch(f"fakesrc num-buffers=10 ! timepiecetick name=t label=l {settings} ! fakesink")
        pipeline.set_name("p")
        pipeline.set_state(Gst.State.PLAYING)
        message = pipeline.get_bus().timed_pop_filtered(
            30 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
        self.assertEqual(message.type, Gst.MessageType.EOS)
        pipeline.set_state(Gst.State.NULL)

    def test_counts_continue_when_an_element_restarts(self):
        port = free_port()
        counted = 'timepiece_buffers_total{pipeline="p",label="l",element="t"}'
        for times in (1, 2, 3):
            self.play(f"prometheus-port={port}")
            found = series(read(port))
            self.assertEqual(found[counted], 10 * times)
            # A removed element has no age.
            self.assertNotIn("timepiece_last_buffer_age_seconds", " ".join(found))

    def test_a_stall_is_shown_while_it_lasts(self):
        port = free_port()
        pipeline = Gst.parse_launch(
            f"appsrc name=src ! timepiecetick label=l stall-timeout=100000000 prometheus-port={port} ! fakesink async=false"
        )
        pipeline.set_state(Gst.State.PLAYING)
        appsrc = pipeline.get_by_name("src")
        appsrc.emit("push-buffer", Gst.Buffer.new_wrapped(b"x"))
        time.sleep(1)
        found = {name.split("{")[0]: value for name, value in series(read(port)).items()}
        self.assertEqual((found["timepiece_stalled"], found["timepiece_stalls_total"]), (1, 1))
        self.assertGreater(found["timepiece_last_buffer_age_seconds"], 0.9)
        self.assertGreater(found["timepiece_stalled_seconds_total"], 0.9)
        appsrc.emit("push-buffer", Gst.Buffer.new_wrapped(b"x"))
        appsrc.emit("end-of-stream")
        message = pipeline.get_bus().timed_pop_filtered(30 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
        self.assertEqual(message.type, Gst.MessageType.EOS)
        pipeline.set_state(Gst.State.NULL)
        found = {name.split("{")[0]: value for name, value in series(read(port)).items()}
        self.assertEqual(found["timepiece_buffers_total"], 2)
        self.assertGreaterEqual(found["timepiece_stalls_total"], 1)
        self.assertNotIn("timepiece_stalled", found)


class TracerTests(unittest.TestCase):
    def test_elements_and_queues_of_an_unmodified_program_are_shown(self):
        port = free_port()
        program = subprocess.Popen(
            ["gst-launch-1.0", "-q", "videotestsrc", "is-live=true", "!", "queue", "name=q", "!", "identity", "name=slow",
             "sleep-time=5000", "!", "fakesink", "name=sink"],
            env=os.environ | {"GST_TRACERS": f"timepiece(prometheus={port},interval=100ms)"},
        )
        try:
            found, page, deadline = {}, "", time.monotonic() + 30
            works = 'timepiece_element_work_seconds_count{pipeline="pipeline0",element="slow"}'
            while found.get(works, 0) < 20:
                self.assertLess(time.monotonic(), deadline, page)
                time.sleep(0.2)
                with contextlib.suppress(OSError):
                    page = read(port)
                    found = series(page)
        finally:
            program.terminate()
            program.wait(10)
        work = found['timepiece_element_work_seconds_sum{pipeline="pipeline0",element="slow"}']
        self.assertGreater(work / found[works], 0.004)
        self.assertGreater(found['timepiece_queue_dwell_seconds_count{pipeline="pipeline0",element="q",pad="sink"}'], 0)
        self.assertIn('timepiece_queue_level_buffers{pipeline="pipeline0",element="q",pad="sink"}', found)
        self.assertEqual(found['timepiece_queue_drops_total{pipeline="pipeline0",element="q",pad="sink"}'], 0)
        self.assertTrue(any(name.startswith("timepiece_element_wait_seconds_total{") for name in found))
        checked = subprocess.run(["promtool", "check", "metrics"], input=page, capture_output=True, text=True, check=False)
        self.assertEqual((checked.returncode, checked.stdout + checked.stderr), (0, ""))


class RulesTests(unittest.TestCase):
    def test_the_rules_are_valid_and_fire_as_described(self):
        folder = ROOT / "pipelines" / "prometheus"
        for command in (["check", "rules", "rules.yml"], ["test", "rules", str(ROOT / "Tests/prometheus/rules-test.yml")]):
            found = subprocess.run(["promtool", *command], cwd=folder, capture_output=True, text=True, check=False)
            self.assertEqual(found.returncode, 0, found.stdout + found.stderr)


if __name__ == "__main__":
    os.environ.setdefault("GST_DEBUG_NO_COLOR", "1")
    sys.exit(unittest.main())
