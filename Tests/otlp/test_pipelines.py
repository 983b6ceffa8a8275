"""Pipelines with otlp-endpoint, and with cloudwatch-protocol, against a receiver on loopback whose books are kept by
OpenTelemetry's own messages. The plugin is that of GST_PLUGIN_PATH."""

import gzip
import http.server
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
SERVERS = HERE.parent / "Servers"
sys.path.insert(0, str(SERVERS))

from otlp_books import OpenTelemetryBooks  # noqa: E402

SECRET = "a key, that nobody sees"
HEADERS = "x-api-key=a%20key%2C%20that%20nobody%20sees"
KEYS = ("region=us-east-1 access-key=AKIATEST secret-access-key=very/secret+key/of-the-tests "
        "session-token=very-secret-token-of-the-tests")


class Pipelines(unittest.TestCase):
    """One server for all; each test has a name of its own there."""

    @classmethod
    def setUpClass(cls):
        cls.server = subprocess.Popen([sys.executable, SERVERS / "fault_server.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        cls.port = json.loads(cls.server.stdout.readline())["plain"]

    @classmethod
    def tearDownClass(cls):
        cls.server.stdin.close()
        cls.server.stdout.close()
        cls.server.wait()

    def address(self, fault="otlp-none"):
        return f"http://127.0.0.1:{self.port}/{fault}/{self._testMethodName}"

    def books(self, fault="otlp-none", path="/v1/metrics"):
        with urllib.request.urlopen(self.address(fault) + path) as answer:
            books = json.load(answer)
        self.assertEqual(books["problems"], "")
        return books

    def play(self, description, folder, **variables):
        """Runs gst-launch to the end of the stream; returns all that it printed, its log included."""
        bare = {name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "AWS_"))}
        environment = {**bare, "OTEL_METRIC_EXPORT_INTERVAL": "300", "XDG_STATE_HOME": folder, "GST_DEBUG": "timepiece*:7",
                       "GST_DEBUG_NO_COLOR": "1", "GST_DEBUG_DUMP_DOT_DIR": folder, "AWS_EC2_METADATA_DISABLED": "true",
                       "AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent", **variables}
        run = subprocess.run(
            ["gst-launch-1.0", "-m", "-v", *description.split()], env=environment, timeout=60, capture_output=True,
            text=True, check=False)
        self.assertEqual(run.returncode, 0, run.stdout[-2000:] + run.stderr[-2000:])
        return run.stdout + run.stderr

    def test_tick_and_watch(self):
        """Both elements, by the property: what passed is what arrives, with times that add up."""
        with tempfile.TemporaryDirectory() as folder:
            self.play(
                "videotestsrc num-buffers=60 ! video/x-raw,framerate=50/1 ! "
                f"timepiecetick label=camera stall-timeout=5000000000 otlp-endpoint={self.address()} ! "
                f"timepiecewatch watch=filter label=work otlp-endpoint={self.address()} ! identity sleep-time=1000 ! "
                "fakesink sync=true", folder, OTEL_SERVICE_NAME="test")
        books = self.books()
        series = books["series"]
        ends = "element=timepiecetick0,label=camera,pipeline=pipeline0"
        self.assertEqual(series[f"timepiece.buffers {ends}"]["value"], 60 * 10 ** 9)
        interval = series[f"timepiece.interval {ends}"]
        # The first buffer prerolls, and makes no interval.
        self.assertIn(interval["count"], (58, 59))
        self.assertEqual(interval["unit"], "s")
        self.assertEqual(interval["temporality"], 2)
        self.assertGreaterEqual(interval["points"], 2)
        self.assertAlmostEqual(interval["sum"] / interval["count"] / 1e9, 0.02, delta=0.004)
        self.assertEqual(series[f"timepiece.nominal_rate {ends}"]["value"], 50 * 10 ** 9)
        self.assertEqual(series[f"timepiece.stalled {ends}"]["value"], 0)
        self.assertIn(f"timepiece.last_buffer_age {ends}", series)
        watch = series["timepiece.watch element=timepiecewatch0,label=work,pipeline=pipeline0,watch=filter"]
        self.assertGreaterEqual(watch["count"], 58)
        self.assertGreaterEqual(watch["min"], 1_000_000)
        self.assertEqual(books["resource"]["service.name"], "test")

    def test_stall(self):
        """A stalled stream is reported as such, while it lasts."""
        with tempfile.TemporaryDirectory() as folder:
            self.play(
                "videotestsrc num-buffers=12 ! video/x-raw,framerate=10/1 ! identity eos-after=11 sleep-time=400000 ! "
                f"timepiecetick label=camera stall-timeout=100000000 otlp-endpoint={self.address()} ! fakesink sync=false",
                folder, OTEL_METRIC_EXPORT_INTERVAL="100", OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE="delta")
        series = self.books()["series"]
        ends = "element=timepiecetick0,label=camera,pipeline=pipeline0"
        self.assertGreater(series[f"timepiece.stalls {ends}"]["value"], 5 * 10 ** 9)
        self.assertEqual(series[f"timepiece.stalls {ends}"]["temporality"], 1)
        self.assertGreater(series[f"timepiece.stalled_time {ends}"]["value"], 10 ** 9)

    def test_environment(self):
        """The variables alone switch nothing on; with `env` they say all."""
        variables = {"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": self.address() + "/v1/metrics",
                     "OTEL_RESOURCE_ATTRIBUTES": "site=north"}
        pipeline = "videotestsrc num-buffers=5 ! timepiecetick label=camera%s ! fakesink"
        with tempfile.TemporaryDirectory() as folder:
            self.play(pipeline % "", folder, **variables)
            self.assertEqual(self.books()["requests"], 0)
            self.play(pipeline % " otlp-endpoint=env", folder, **variables)
        books = self.books()
        self.assertGreaterEqual(books["requests"], 1)
        self.assertEqual(books["resource"]["site"], "north")
        self.assertTrue(books["resource"]["service.name"].startswith("unknown_service:gst-launch"))

    def test_secrets(self):
        """A key in the headers arrives, and is in no log, message, picture or file, whatever the receiver says."""
        for fault in ("otlp-key", "otlp-echo"):
            with tempfile.TemporaryDirectory() as folder:
                said = self.play(
                    f"videotestsrc num-buffers=5 ! timepiecetick otlp-endpoint={self.address(fault)} ! fakesink", folder,
                    OTEL_EXPORTER_OTLP_HEADERS=HEADERS)
                said += subprocess.run(["gst-inspect-1.0", "timepiecetick"], capture_output=True, text=True, check=True,
                                       env={**os.environ, "OTEL_EXPORTER_OTLP_HEADERS": HEADERS}).stdout
                written = [path.read_bytes() for path in pathlib.Path(folder).rglob("*") if path.is_file()]
            self.assertTrue(written)
            for text in [said.encode(), *written]:
                self.assertNotIn(b"nobody", text)
            refuses = fault == "otlp-echo"
            self.assertEqual("It said: Do not say: …" in said, refuses)
            # As the log has it: gst-launch does not show what is posted after EOS.
            self.assertEqual(said.count("warning: Metrics cannot be sent by OTLP."), refuses)

    def test_outage(self):
        """Data that cannot be sent are in the file, and are sent from there in the next process."""
        books = OpenTelemetryBooks()

        class Receiver(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                books.take(books.read(gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        # Its port is taken, and refuses until it listens.
        receiver = http.server.HTTPServer(("127.0.0.1", 0), Receiver, bind_and_activate=False)
        receiver.server_bind()
        with tempfile.TemporaryDirectory() as folder, receiver:
            spool = pathlib.Path(folder) / "kept" / "otlp.sqlite"
            spool.parent.mkdir()
            pipeline = (f"videotestsrc num-buffers={{}} ! timepiecetick label={{}} otlp-spool={spool} "
                        f"otlp-endpoint=http://127.0.0.1:{receiver.server_address[1]} ! fakesink")
            said = self.play(pipeline.format(30, "first"), folder)
            self.assertRegex(said, r"posting timepiece-otlp.*spooled=\(guint64\)[1-9]")
            self.assertTrue(spool.exists())
            receiver.server_activate()
            thread = threading.Thread(target=receiver.serve_forever)
            thread.start()
            # However short it is.
            said = self.play(pipeline.format(1, "second"), folder)
            receiver.shutdown()
            thread.join()
        summary = books.summary()
        self.assertEqual(summary["problems"], "")
        for label, count in ("first", 30), ("second", 1):
            ends = f"element=timepiecetick0,label={label},pipeline=pipeline0"
            self.assertIn(f"timepiece.buffers {ends}", summary["series"], said[-3000:])
            self.assertEqual(summary["series"][f"timepiece.buffers {ends}"]["value"], count * 10 ** 9)

    def test_recovery(self):
        """A failure is a warning in the log while it lasts, and not once metrics are sent again."""
        with tempfile.TemporaryDirectory() as folder:
            said = self.play(
                "videotestsrc num-buffers=200 ! video/x-raw,framerate=25/1 ! "
                f"timepiecetick otlp-endpoint={self.address('otlp-502')} ! timepiecetick cloudwatch-namespace=Test "
                f"cloudwatch-interval=1000000000 endpoint-uri={self.address('503')} {KEYS} ! fakesink sync=true", folder)
        for service, words in ("OTLP", "by OTLP"), ("CloudWatch", "to CloudWatch"):
            lines = [line for line in said.splitlines() if f" {service}: " in line]
            warnings = [number for number, line in enumerate(lines) if " WARN " in line]
            recoveries = [number for number, line in enumerate(lines) if f"Metrics are sent {words} again." in line]
            self.assertGreaterEqual(len(warnings), 1, said[-3000:])
            self.assertEqual(len(recoveries), 1, lines)
            self.assertLess(warnings[-1], recoveries[0], lines)

    def test_no_spool(self):
        """Data that are dropped at the end, because there is no file for them, are reported."""
        with tempfile.TemporaryDirectory() as folder:
            said = self.play("videotestsrc num-buffers=5 ! timepiecetick otlp-endpoint=http://127.0.0.1:1 otlp-spool=none "
                             "! fakesink", folder)
        self.assertRegex(said, r"posting timepiece-otlp.*dropped-stopped=\(guint64\)[1-9]")

    def test_tracer(self):
        """The tracer sends what it reports, of every element, and says a mistake in one line."""
        pipeline = "videotestsrc num-buffers=40 ! video/x-raw,framerate=50/1 ! identity ! queue ! fakesink sync=true"
        with tempfile.TemporaryDirectory() as folder:
            self.play(pipeline, folder, GST_TRACERS=f"timepiece(otlp={self.address()},interval=100ms)")
            said = self.play(pipeline, folder, GST_DEBUG="", GST_TRACERS="timepiece(otlp=h:4318)")
        self.assertEqual(said.count("is not an address"), 1)
        series = self.books()["series"]
        work = {name: entry for name, entry in series.items() if name.startswith("timepiece.element.work ")}
        self.assertTrue(any("identity0" in name and "pipeline=pipeline0" in name for name in work), list(series))
        for entry in work.values():
            self.assertEqual(entry["unit"], "s")
            self.assertGreaterEqual(entry["count"], 30)

    def test_both_protocols(self):
        """CloudWatch's two protocols are signed and count the same."""
        with tempfile.TemporaryDirectory() as folder:
            self.play(
                "videotestsrc num-buffers=60 ! video/x-raw,framerate=50/1 ! timepiecetick label=camera "
                "cloudwatch-namespace=Test cloudwatch-protocol=both cloudwatch-interval=1000000000 "
                f"endpoint-uri={self.address('otlp-sigv4')} {KEYS} ! fakesink sync=true", folder)
        classic = self.books("otlp-sigv4", "")
        series = self.books("otlp-sigv4")["series"]
        self.assertGreater(classic["samples"], 50)
        self.assertEqual(series["frame_processing_time Label=camera,Namespace=Test"]["count"], classic["samples"])
        self.assertEqual(series["timepiece.stalled Label=camera,Namespace=Test"]["value"], 0)

    def test_mistakes(self):
        """An invalid setting is one error, before anything plays."""
        for setting, words in [("otlp-endpoint=h:4318", "is not an address"),
                               ("otlp-endpoint=env otlp-spool=/proc/nowhere/x", "cannot be opened"),
                               ("cloudwatch-namespace=T cloudwatch-protocol=soap", "put-metric-data, otlp, both")]:
            run = subprocess.run(["gst-launch-1.0", *f"fakesrc num-buffers=1 ! timepiecewatch {setting} ! fakesink".split()],
                                 capture_output=True, text=True, timeout=60, check=False)
            self.assertNotEqual(run.returncode, 0)
            self.assertIn(words, run.stderr)
            self.assertEqual(run.stderr.count("ERROR: from element"), 1)


if __name__ == "__main__":
    unittest.main(verbosity=0)
