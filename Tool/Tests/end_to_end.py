#!/usr/bin/python3
"""Uses the tool as a person and a script would: end_to_end.py TOOL

Requires GST_PLUGIN_PATH set to the plugin's folder.
"""
import fcntl
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest

from terminal import Terminal

TOOL = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "timepiece"
LIVE = "videotestsrc is-live=true ! timepiecetick label=cam ! fakesink".split()
SHORT = "videotestsrc num-buffers=200 ! timepiecetick label=cam ! fakesink".split()


def run(*words, **options):
    return subprocess.run([TOOL, *words], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, **options)


def read(path):
    return pathlib.Path(path).read_text()


class Top(unittest.TestCase):
    def test_without_terminal_each_message_is_a_line(self):
        result = run("top", "--", *SHORT)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"^0:0\d cam: [\d.]+ of 30.00 /s, p50 ")
        self.assertNotIn("\x1b", result.stdout)

    def test_one_quoted_description_works_too(self):
        self.assertEqual(run("top", " ".join(SHORT)).returncode, 0)

    def test_a_description_without_ticks_is_reported(self):
        result = run("top", "--", *"videotestsrc num-buffers=60 ! queue ! identity name=slow sleep-time=10000 ! fakesink".split())
        self.assertRegex(result.stdout, "pipeline0: slow is the bottleneck: .* thread queue0:src")
        self.assertEqual(result.stderr, "")

    def test_cases_that_mislead_other_tools_get_the_right_sentence(self):
        """The queue before two slow elements, and the sink that waits for the clock, are not the slow ones."""
        result = run("top", "--", *("videotestsrc num-buffers=60 ! queue ! identity name=a sleep-time=10000"
                                    " ! identity name=b sleep-time=10000 ! fakesink").split())
        self.assertRegex(result.stdout, "(a|b) is the bottleneck: .* which it shares with (a|b) ")
        result = run("top", "--", *("videotestsrc num-buffers=40 ! video/x-raw,framerate=25/1 ! identity name=a sleep-time=8000"
                                    " ! fakesink name=s sync=true").split())
        self.assertRegex(result.stdout, "Nothing is slow: s waits for the clock .* faster before a is the limit")

    def test_decoders_that_add_their_pads_late_are_measured(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "sample.ogg")
            made = run("top", "--", *f"audiotestsrc num-buffers=50 ! vorbisenc ! oggmux ! filesink location={path}".split())
            self.assertEqual(made.returncode, 0, made.stderr)
            result = run("top", "--json", "--watch-every-element", "--",
                         *f"filesrc location={path} ! decodebin ! audioconvert ! fakesink name=out".split())
        self.assertEqual(result.returncode, 0, result.stderr)
        rows = [row["fields"] for line in map(json.loads, result.stdout.splitlines())
                if line.get("message") == "timepiece-pipeline" for row in line["fields"]["elements"]]
        for element in ("decodebin0/vorbisdec0", "out"):
            self.assertGreater(sum(row["num-buffers"] for row in rows if row["element"] == element), 40, rows)
        self.assertFalse([row for row in rows if row["factory"].startswith("timepiece")])

    def test_elements_have_the_names_that_gst_launch_gives_them(self):
        lines = run("top", "--json", "--duration", "2", "--", *LIVE).stdout.splitlines()
        elements = {entry["fields"]["element"] for line in map(json.loads, lines)
                    if line.get("message") == "timepiece-pipeline" for entry in line["fields"]["elements"]}
        self.assertEqual(elements, {"videotestsrc0", "timepiecetick0", "fakesink0"})

    def test_json_is_a_recording(self):
        lines = [json.loads(line) for line in run("top", "--json", "--", *SHORT).stdout.splitlines()]
        self.assertEqual(lines[0]["timepiece"], "recording")
        self.assertEqual(lines[1]["fields"]["label"], "cam")
        self.assertEqual(lines[-1]["reason"], "eos")

    def test_a_closed_pipe_ends_it_quietly(self):
        for options in ([], ["--json"]):
            result = subprocess.run(["bash", "-c", '"$@" | head -1; echo ${PIPESTATUS[0]}', "-", TOOL, "top", *options, "--",
                                     *LIVE], capture_output=True, text=True, timeout=30)
            self.assertEqual(result.stdout.splitlines()[-1], "0", result)
            self.assertEqual(result.stderr, "")

    def test_the_live_view_has_keys_and_restores_the_terminal(self):
        terminal = Terminal(TOOL, "top", "--", *LIVE)
        terminal.read_until(r"29\.\d\d|30\.\d\d")
        terminal.press(b"s")
        terminal.read_until(r"sort \(rate\)")
        terminal.press(b"p")
        terminal.read_until("view paused")
        terminal.press(b"q")
        self.assertEqual(terminal.finish(), 0)
        self.assertTrue(terminal.text.rstrip().split("\x1b[?1049l")[-1].strip(), "the last statistics stay")
        self.assertIn("\x1b[?25h\x1b[?1049l", terminal.text)
        self.assertTrue(terminal.is_as_before())

    def test_the_terminal_is_restored_on_any_exit(self):
        polite = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        # All that can be handled and end a process; 50 is one of real time.
        for number in (*polite, signal.SIGSEGV, signal.SIGABRT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGPIPE, signal.SIGALRM,
                       signal.SIGQUIT, signal.SIGXCPU, signal.SIGXFSZ, signal.SIGVTALRM, signal.SIGPROF, signal.SIGPOLL,
                       signal.SIGPWR, signal.SIGSTKFLT, signal.SIGSYS, signal.SIGTRAP, signal.SIGBUS, signal.SIGFPE,
                       signal.SIGILL, 50):
            with self.subTest(number):
                terminal = Terminal(TOOL, "top", "--", *LIVE)
                terminal.read_until("Waiting|30.00")
                terminal.process.send_signal(number)
                status = terminal.finish()
                self.assertEqual(status, 0 if number in polite else -number)
                self.assertIn("\x1b[?25h\x1b[?1049l", terminal.text)
                self.assertTrue(terminal.is_as_before())

    def test_a_stalled_stream_is_red_without_stall_timeout(self):
        terminal = Terminal(TOOL, "top", "--", *"videotestsrc ! video/x-raw,framerate=30/1 ! identity sleep-time=4000000"
                            " ! timepiecetick label=cam ! fakesink".split(), columns=80)
        terminal.read_until(r"\x1b\[31mno buffer \d\.\d+ s")
        self.assertNotIn("ok", re.sub(r"\x1b\[[^m]*m", "", terminal.text))
        terminal.press(b"q")
        self.assertEqual(terminal.finish(), 0)

    def test_help_filter_and_detail_are_a_key_away(self):
        terminal = Terminal(TOOL, "top", "--", *LIVE, columns=80)
        terminal.read_until(r"30\.\d\d.*ok")
        terminal.press(b"?")
        terminal.read_until("KEYS")
        terminal.press(b"x")
        terminal.press(b"\r")
        terminal.read_until("HOW OFTEN")
        terminal.press(b"\x1b")
        terminal.press(b"/")
        terminal.press(b"nothing")
        terminal.read_until("Nothing is called so: nothing")
        terminal.press(b"\x1b")
        terminal.text = ""
        terminal.read_until(r"cam .*30\.\d\d")
        terminal.press(b"q")
        self.assertEqual(terminal.finish(), 0)
        last = terminal.text.split("\x1b[?1049l")[-1]
        self.assertRegex(last, r"Ran 0:\d\d until it was stopped\.")
        self.assertRegex(last, r"cam +\S*(29|30)\.\d\d")

    def test_the_live_page_is_served_on_loopback_only(self):
        process = subprocess.Popen([TOOL, "top", "--http", ":0", "--", *LIVE], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            url = re.search(r"http://127\.0\.0\.1:(\d+)/", process.stderr.readline())
            port = int(url.group(1))
            self.assertEqual(self.listening(port), {"0100007F"})

            def ask(path, method="GET", host=f"127.0.0.1:{port}"):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
                connection.request(method, path, headers={"Host": host})
                answer = connection.getresponse()
                return answer.status, answer.read().decode()

            deadline = time.monotonic() + 30
            while not (data := json.loads(ask("/data.json")[1]))["streams"] and time.monotonic() < deadline:
                time.sleep(0.2)
            self.assertEqual(data["streams"][0]["label"], "cam")
            self.assertTrue(data["live"])
            time.sleep(1.2)
            self.assertGreater(json.loads(ask("/data.json")[1])["duration"], data["duration"])
            status, page = ask("/")
            self.assertEqual(status, 200)
            self.assertIn('"live":true', page)
            self.assertEqual(ask("/", host=f"localhost:{port}")[0], 200)
            self.assertEqual(ask("/data.json", host="evil.example")[0], 421)
            self.assertEqual(ask("/", method="POST")[0], 405)
            self.assertEqual(ask("/etc/passwd")[0], 404)
            self.assertEqual(ask("/favicon.ico")[0], 204)
            # One that says nothing keeps others waiting for a moment only.
            with socket.create_connection(("127.0.0.1", port)):
                self.assertEqual(ask("/")[0], 200)
            with socket.create_connection(("127.0.0.1", port)) as raw:
                raw.sendall(b"\x16\x03\x01" + os.urandom(200) + b"\r\n\r\n")
                self.assertIn(b"400", raw.recv(100))
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)
        self.assertEqual(process.returncode, 0)

    def listening(self, port):
        """The addresses, as /proc/net/tcp has them, at which the port is open."""
        lines = [line.split() for line in read("/proc/net/tcp").splitlines()[1:] + read("/proc/net/tcp6").splitlines()[1:]]
        return {line[1].split(":")[0] for line in lines if line[3] == "0A" and int(line[1].split(":")[1], 16) == port}

    def test_an_unavailable_address_is_reported(self):
        for address, code in (("192.0.2.1:0", 69), ("nonsense:80", 64), ("host", 64)):
            result = run("top", "--http", address, "--", *SHORT)
            self.assertEqual(result.returncode, code, result)
            self.assertEqual(result.stdout, "")

    def test_it_restores_the_terminal_when_suspended_and_takes_it_when_resumed(self):
        terminal = Terminal(TOOL, "top", "--", *LIVE)
        terminal.read_until("Waiting|30.00")
        terminal.process.send_signal(signal.SIGTSTP)
        deadline = time.monotonic() + 10
        while not terminal.is_as_before() and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertTrue(terminal.is_as_before())
        terminal.process.send_signal(signal.SIGCONT)
        terminal.text = ""
        terminal.read_until(r"\x1b\[\?1049h")
        terminal.press(b"q")
        self.assertEqual(terminal.finish(), 0)
        self.assertTrue(terminal.is_as_before())

    def test_output_of_the_program_at_the_end_has_no_escapes(self):
        terminal = Terminal(TOOL, "top", "--", *"videotestsrc is-live=true ! progressreport name=\x1b]0;owned\x07\xc2\x9b31m"
                            " update-freq=1 silent=false ! timepiecetick label=cam ! fakesink".split())
        terminal.read_until("printed: ")
        terminal.press(b"q")
        self.assertEqual(terminal.finish(), 0)
        self.assertNotIn("\x1b]0;", terminal.text)
        self.assertNotIn("\x07", terminal.text)

    def test_output_of_the_program_does_not_corrupt_the_screen(self):
        terminal = Terminal(TOOL, "top", "--", *"videotestsrc is-live=true ! progressreport update-freq=1 silent=false"
                            " ! timepiecetick label=cam ! fakesink".split(), GST_DEBUG="timepiece*:4")
        terminal.read_until("printed: progressreport0")
        terminal.press(b"q")
        self.assertEqual(terminal.finish(), 0)
        screens = terminal.text.split("\x1b[?1049h")[1].split("\x1b[?1049l")[0]
        self.assertNotRegex(screens, r"(?<!printed: )progressreport0 \(")
        self.assertIn("progressreport0", terminal.text.split("\x1b[?1049l")[-1])

    def test_a_stream_from_standard_input_leaves_the_keys_to_the_terminal(self):
        with subprocess.Popen(["sh", "-c", "while head -c 4096 /dev/zero; do sleep 0.05; done"],
                              stdout=subprocess.PIPE) as feed:
            terminal = Terminal(TOOL, "top", "--", *"fdsrc ! timepiecetick label=feed ! fakesink".split(), stdin=feed.stdout)
            feed.stdout.close()
            terminal.read_until("feed +[0-9]")
            terminal.press(b"q")
            self.assertEqual(terminal.finish(), 0)
        self.assertTrue(terminal.is_as_before())

    def test_a_terminal_with_too_few_rows_says_how_many_are_hidden(self):
        terminal = Terminal(TOOL, "top", "--watch-every-element", "--", *"videotestsrc is-live=true ! identity ! identity ! identity"
                            " ! identity ! timepiecetick ! fakesink".split(), rows=8)
        terminal.read_until(r"[1-9]\d* more below")
        terminal.press(b"\x1b[B")
        terminal.read_until(r"[1-9]\d* more below")
        terminal.press(b"q")
        self.assertEqual(terminal.finish(), 0)

    def test_a_pipeline_that_fails_restores_the_terminal_and_says_why(self):
        terminal = Terminal(TOOL, "top", "--", "filesrc", "location=/nowhere", "!", "timepiecetick", "!", "fakesink")
        self.assertEqual(terminal.finish(), 1)
        self.assertIn("/nowhere", terminal.text.split("\x1b[?1049l")[-1])
        self.assertTrue(terminal.is_as_before())

    def test_no_color_and_no_utf8_are_respected(self):
        terminal = Terminal(TOOL, "top", "--", *LIVE, NO_COLOR="1", LC_ALL="C")
        terminal.read_until(r"cam.*30\.00")
        terminal.press(b"q")
        terminal.finish()
        self.assertNotRegex(terminal.text, r"\x1b\[\d+m")
        self.assertTrue(terminal.text.isascii())

    def test_a_dumb_terminal_gets_lines(self):
        terminal = Terminal(TOOL, "top", "--", *SHORT, TERM="dumb")
        self.assertEqual(terminal.finish(), 0)
        self.assertRegex(terminal.text, "cam: ")
        self.assertNotIn("\x1b", terminal.text)

    def test_it_follows_the_size_of_the_terminal(self):
        terminal = Terminal(TOOL, "top", "--", *LIVE, columns=120)
        terminal.read_until("LAST MINUTE")
        fcntl.ioctl(terminal.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 10, 20, 0, 0))
        terminal.text = ""
        terminal.read_until("q p s r")
        terminal.press(b"q")
        self.assertEqual(terminal.finish(), 0)


class Programs(unittest.TestCase):
    """Programs that were not edited, with the tracer."""

    def test_the_slow_element_is_named_and_the_exit_status_is_the_programs(self):
        result = run("run", "--interval", "300ms", "--", "sh", "-c", "gst-launch-1.0 -q videotestsrc num-buffers=100 ! queue ! "
                     "identity name=slow sleep-time=10000 ! fakesink; exit 7")
        self.assertEqual(result.returncode, 7, result.stderr)
        self.assertRegex(result.stderr, "slow is the bottleneck: .* thread queue0:src")
        self.assertEqual(result.stdout, "")

    def test_it_can_be_recorded(self):
        result = run("run", "--json", "--", "gst-launch-1.0", "-q", "videotestsrc", "num-buffers=30", "!", "fakesink")
        self.assertEqual(result.returncode, 0, result.stderr)
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        self.assertEqual(lines[0]["timepiece"], "recording")
        rows = [row["fields"] for line in lines if line.get("message") == "timepiece-pipeline"
                for row in line["fields"]["elements"]]
        self.assertEqual(sum(row["num-buffers"] for row in rows if row["factory"] == "fakesink"), 30)
        self.assertEqual(lines[-1]["reason"], "eos")

    def test_a_running_process_is_attached_to(self):
        environment = {**os.environ, "GST_TRACERS": "timepiece(socket=auto,interval=100ms)"}
        with subprocess.Popen(["gst-launch-1.0", "-q", "videotestsrc", "is-live=true", "!", "fakesink"],
                              env=environment) as process:
            try:
                for _ in range(100):
                    result = subprocess.run(["timeout", "-s", "INT", "2", TOOL, "attach", str(process.pid)],
                                            capture_output=True, text=True, timeout=30)
                    if result.returncode != 66:
                        break
                    time.sleep(0.1)
                self.assertRegex(result.stdout, "pipeline0: Nothing is slow: videotestsrc0 waits for its data")
                self.assertIsNone(process.poll())
            finally:
                process.terminate()

    def test_errors_of_run_and_attach_are_one_line(self):
        for words in (("run", "--", "/nonexistent/program"), ("run",)):
            result = run(*words)
            self.assertNotEqual(result.returncode, 0)
            self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)

    def refuse_to_attach(self, process, reason):
        result = run("attach", str(process))
        self.assertEqual(result.returncode, 66)
        self.assertEqual(result.stdout, "")
        self.assertRegex(result.stderr, rf"\A.*{reason}.*\n\Z")

    def test_a_process_that_does_not_exist_is_reported(self):
        process = subprocess.Popen(["true"])
        process.wait()
        self.refuse_to_attach(process.pid, f"There is no process {process.pid}\\.")
        self.refuse_to_attach(0, "There is no process 0\\.")

    def test_a_process_without_a_socket_is_reported(self):
        with subprocess.Popen(["sleep", "60"]) as process:
            self.refuse_to_attach(process.pid, rf"The process {process.pid} does not answer at /.*/{process.pid}\.sock: .*socket=auto")
            process.kill()

    def test_a_process_of_another_user_is_reported(self):
        if os.geteuid() != 0:
            self.refuse_to_attach(1, "The process 1 is another user's")
            return
        with subprocess.Popen(["sleep", "60"], user=65534) as process:
            self.refuse_to_attach(process.pid, f"The process {process.pid} is another user's")
            process.kill()


class Help(unittest.TestCase):
    def test_each_command_lists_its_options_and_the_version(self):
        for command in ("top", "run", "attach", "record", "report", "compare", "dashboard", "alarms", "policy"):
            for option in ("--help", "-h"):
                result = run(command, option)
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertIn(f"USAGE: timepiece {command}", result.stdout)
                self.assertIn("OPTIONS:", result.stdout)
            self.assertRegex(run(command, "--version").stdout, r"^\d+\.\d+\.\d+\n$")
        for option in ("--interval", "--duration", "--watch-every-element"):
            self.assertIn(option, run("top", "--help").stdout)

    def test_an_unknown_option_is_refused_without_control_characters(self):
        for words in (("top", "--nonsense\x1b[31m", "--", "x"), ("report", "--nonsense\x1b[31m", "x"), ("report", "\x1b]0;x\x07")):
            result = run(*words)
            self.assertNotEqual(result.returncode, 0)
            self.assertNotIn("\x1b", result.stderr)
            self.assertNotIn("\x07", result.stderr)

    def test_the_plugin_beside_the_tool_is_found(self):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(TOOL, folder)
            os.symlink(os.path.join(os.path.abspath(os.environ["GST_PLUGIN_PATH"]), "libgsttimepiece.so"),
                       os.path.join(folder, "libgsttimepiece.so"))
            environment = os.environ | {"GST_PLUGIN_PATH": "", "GST_REGISTRY": os.path.join(folder, "registry")}
            result = subprocess.run([os.path.join(folder, "timepiece"), "top", "--", *SHORT], env=environment,
                                    capture_output=True, text=True, timeout=60)
            self.assertEqual(result.returncode, 0, result.stderr)

    def test_a_pasted_command_of_gst_launch_is_understood(self):
        for words in (["gst-launch-1.0", "-e", "-v", *SHORT], ["gst-launch-1.0 -e -v " + " ".join(SHORT)]):
            result = run("top", "--", *words)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn("cam: ", result.stdout)

    def test_a_run_ends_after_its_duration_and_reports_at_the_interval(self):
        start = time.monotonic()
        result = run("top", "--duration", "2s", "--interval", "200ms", "--", *LIVE)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertLess(time.monotonic() - start, 15)
        self.assertGreater(result.stdout.count("cam: "), 5)


class Refusals(unittest.TestCase):
    def check(self, result, code, pattern):
        self.assertEqual(result.returncode, code, result)
        self.assertRegex(result.stderr, pattern)
        self.assertEqual(result.stdout, "")

    def test_invalid_descriptions_are_reported(self):
        self.check(run("top", "--", "nosuchelement", "!", "fakesink"), 64, 'no element "nosuchelement"')
        self.check(run("record", "-o", "-", "--", "videotestsrc", "!"), 64, "is not a pipeline")
        self.check(run("top"), 64, "No pipeline was given")
        self.check(run("top", "--", "videotestsrc", "nonsense=1", "!", "fakesink"), 64, "nonsense")

    def test_a_missing_plugin_is_reported(self):
        system = pathlib.Path(subprocess.check_output(
            ["pkg-config", "--variable=pluginsdir", "gstreamer-1.0"], text=True).strip())
        with tempfile.TemporaryDirectory() as folder:
            # All plugins but this one, which may be installed.
            for plugin in system.glob("*.so"):
                if plugin.name != "libgsttimepiece.so":
                    os.symlink(plugin, os.path.join(folder, plugin.name))
            environment = os.environ | {"GST_PLUGIN_PATH": "", "GST_PLUGIN_SYSTEM_PATH": folder,
                                        "GST_REGISTRY": os.path.join(folder, "registry.bin")}
            # Where there is none beside the tool either.
            tool = shutil.copy(TOOL, os.path.join(folder, "timepiece"))
            result = subprocess.run(
                [tool, "top", "--", *SHORT], env=environment, capture_output=True, text=True, timeout=60, check=False)
            self.check(result, 69, "does not find timepiecetick")

    def test_files_that_cannot_be_read_or_written_are_reported(self):
        self.check(run("report", "/nowhere/run.jsonl"), 66, "/nowhere/run.jsonl")
        self.check(run("report", "/"), 66, "directory")
        self.check(run("record", "-o", "/nowhere/run.jsonl", "--", *SHORT), 73, "/nowhere/run.jsonl")

    def test_a_file_that_is_not_a_recording_is_reported(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in {"empty": "", "text": "hello\n", "newer": '{"timepiece":"recording","version":9}\n'}.items():
                path = pathlib.Path(folder, name)
                path.write_text(text)
                self.check(run("report", str(path)), 65, "not a recording|newer")
            pathlib.Path(folder, "junk").write_bytes(os.urandom(1 << 20))
            self.check(run("report", os.path.join(folder, "junk")), 65, "not a recording")
        self.check(run("report", "/dev/zero"), 65, "not a recording")


class Doctor(unittest.TestCase):
    SECRET = "very/secret+key"

    def run(self, result=None):
        with tempfile.TemporaryDirectory() as self.home:
            super().run(result)

    def doctor(self, *words, **variables):
        names = [name for name in os.environ if not name.startswith("AWS_")]
        environment = {**{name: os.environ[name] for name in names}, "HOME": self.home, "AWS_EC2_METADATA_DISABLED": "true"}
        environment.pop("XDG_STATE_HOME", None)
        return run("doctor", *words, env={**environment, **variables})

    def test_a_machine_without_region_and_keys_gets_advice(self):
        result = self.doctor()
        self.assertEqual(result.returncode, 4, result)
        self.assertRegex(result.stdout, r"(?m)^plugin +ok +The plugin \S+ is /")
        self.assertRegex(result.stdout, r"(?m)^region +wrong .*AWS_REGION")
        self.assertRegex(result.stdout, r"(?m)^keys +wrong ")
        self.assertEqual(result.stdout.splitlines()[-1], "Metrics would not arrive.")

    def test_json_has_a_verdict_for_each_topic_and_no_secret(self):
        result = self.doctor(
            "--json", "--region", "eu-central-1", "--endpoint-uri", "http://127.0.0.1:9", "--spool", "none",
            AWS_ACCESS_KEY_ID="AKIATEST", AWS_SECRET_ACCESS_KEY=self.SECRET)
        self.assertEqual(result.returncode, 4, result)
        said = json.loads(result.stdout)
        self.assertFalse(said["good"])
        verdicts = {finding["topic"]: finding["verdict"] for finding in said["findings"]}
        self.assertEqual([verdicts[topic] for topic in ("plugin", "region", "keys", "spool", "request")],
                         ["good", "good", "good", "doubtful", "bad"])
        self.assertNotIn(self.SECRET, result.stdout + result.stderr)

    def test_a_missing_certificate_is_reported(self):
        result = self.doctor(
            "--region", "eu-central-1", "--iot-certificate",
            "iot-certificate,endpoint=x.example,cert-path=/nonexistent/c,key-path=/nonexistent/k,role-aliases=r")
        self.assertEqual(result.returncode, 4)
        self.assertIn("The file /nonexistent/c", result.stdout)


class Recordings(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = os.path.join(cls.folder.name, "run.jsonl")
        result = run("record", "-o", cls.path, "--", *"videotestsrc num-buffers=1000 ! timepiecetick label=cam"
                     " interval=100000000 ! identity sleep-time=2000 ! fakesink".split())
        assert result.returncode == 0, result.stderr

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_every_interval_is_in_the_recording(self):
        ticks = [fields for fields in (json.loads(line)["fields"] for line in read(self.path).splitlines()[1:-1])
                 if "num-intervals" in fields]
        self.assertGreater(sum(tick["num-intervals"] for tick in ticks), 990)
        self.assertTrue(all(len(tick["intervals"]) == tick["num-intervals"] for tick in ticks))

    def test_it_does_not_overwrite_without_the_option(self):
        before = read(self.path)
        result = run("record", "-o", self.path, "--", *SHORT)
        self.assertEqual(result.returncode, 73, result)
        self.assertIn("--force", result.stderr)
        self.assertEqual(read(self.path), before)
        other = os.path.join(self.folder.name, "overwritten.jsonl")
        pathlib.Path(other).write_text("old\n" * 10000)
        result = run("record", "--force", "-o", other, "--", *SHORT)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertNotIn("old", read(other))
        self.assertEqual(run("record", "-o", "/dev/null", "--", *SHORT).returncode, 0)

    def test_a_killed_recording_keeps_what_was_written(self):
        path = os.path.join(self.folder.name, "killed.jsonl")
        with subprocess.Popen([TOOL, "record", "--interval", "100ms", "-o", path, "--", *LIVE], stderr=subprocess.PIPE) as process:
            while not (os.path.exists(path) and read(path).count("timepiece-tick") >= 5):
                time.sleep(0.05)
            process.kill()
        result = run("report", "--json", path)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("cut short", result.stderr)
        self.assertGreaterEqual(len(json.loads(result.stdout)["streams"][0]["windows"]), 5)

    def test_buffers_that_a_sink_drops_as_late_are_in_it(self):
        path = os.path.join(self.folder.name, "late.jsonl")
        result = run("record", "-o", path, "--", *"videotestsrc num-buffers=60 ! video/x-raw,framerate=60/1 ! timepiecetick label=cam"
                     " ! identity sleep-time=40000 ! fakesink name=late sync=true qos=true max-lateness=1000000".split())
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertGreater(json.loads(run("report", "--json", path).stdout)["drops"]["late"], 5)

    def test_one_of_a_hundred_elements_ends_when_the_stream_does(self):
        path = os.path.join(self.folder.name, "hundred.jsonl")
        result = run("record", "--watch-every-element", "-o", path, "--", *("videotestsrc is-live=true num-buffers=60"
                     " ! video/x-raw,width=16,height=16,framerate=30/1 ! " + "identity ! " * 100 + "fakesink").split())
        self.assertEqual(result.returncode, 0, result.stderr)
        lines = [json.loads(line) for line in read(path).splitlines()]
        reports = [line for line in lines if line.get("message") == "timepiece-pipeline"]
        windows = [[element["fields"] for element in report["fields"]["elements"]] for report in reports]
        self.assertEqual(sum(element["factory"] == "identity" for element in windows[-1]), 100)
        # All frames are in the reports, and the run is over with the last one: it was 18 seconds for 60 frames.
        frames = sum(element["num-buffers"] for window in windows for element in window if element["factory"] == "fakesink")
        self.assertEqual((frames, lines[-1]["event"], lines[-1]["reason"]), (60, "end", "eos"))
        self.assertLess(lines[-1]["at"] - reports[-1]["at"], 5_000_000_000)

    def test_it_names_the_machine_and_the_command(self):
        header = json.loads(read(self.path).splitlines()[0])
        self.assertLessEqual({"host", "kernel", "cpu", "gstreamer", "plugin"}, header["environment"].keys())
        self.assertEqual(header["order"][0], "cam")
        self.assertRegex(header["started"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertTrue(any('"caps"' in line and "video/x-raw" in line for line in read(self.path).splitlines()))

    def long(self, name, streams, seconds):
        """A recording with the given numbers of streams and seconds, made of a real window."""
        line = next(line for line in read(self.path).splitlines() if "timepiece-tick" in line)
        fields = json.loads(line)
        fields["fields"]["intervals"] = [33_000_000 + i for i in range(30)]
        fields["fields"]["num-intervals"] = 30
        path = os.path.join(self.folder.name, name)
        with open(path, "w") as file:
            file.write(read(self.path).splitlines()[0] + "\n")
            for second in range(1, seconds + 1):
                for stream in range(streams):
                    fields["at"] = second * 1_000_000_000
                    fields["fields"]["label"] = f"cam{stream}"
                    file.write(json.dumps(fields, separators=(",", ":")) + "\n")
            file.write(json.dumps({"at": seconds * 1_000_000_000, "event": "end", "reason": "eos"}) + "\n")
        return path

    def test_an_hour_takes_three_seconds_and_three_megabytes(self):
        path = self.long("hour.jsonl", 2, 3600)
        start = time.monotonic()
        result = run("report", path)
        self.assertEqual(result.returncode, 0, result.stderr)
        # A tool that was built for debugging is given what it takes.
        limit = 30 if "debug" in TOOL else 3
        self.assertLess(time.monotonic() - start, limit)
        self.assertLess(os.path.getsize(os.path.splitext(path)[0] + ".html"), 3_000_000)

    def test_memory_is_less_than_the_recording(self):
        path = self.long("large.jsonl", 20, 3000)
        size = os.path.getsize(path) / 1024
        for words in (("report", "-o", "/dev/null"), ("report", "--csv"), ("report", "--json"), ("report", "--perfetto")):
            result = subprocess.run(["bash", "-c", '"$@" >/dev/null; exec cat /proc/$$/status', "-", "/usr/bin/python3", "-c",
                "import resource,subprocess,sys; subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL,stderr=subprocess.DEVNULL);"
                "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,file=sys.stderr)", TOOL, *words, path],
                capture_output=True, text=True, timeout=300)
            used = int(result.stderr.split()[-1])
            self.assertLess(used, 1.2 * size + 60_000, (words, used, size))

    def test_two_recordings_are_a_page_of_differences(self):
        other = os.path.join(self.folder.name, "twice.jsonl")
        run("record", "-f", "-o", other, "--", *"videotestsrc num-buffers=500 ! timepiecetick label=cam interval=100000000"
            " ! identity sleep-time=4000 ! fakesink".split())
        page = os.path.join(self.folder.name, "diff.html")
        result = run("report", self.path, other, "-o", page)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn('"comparison":{"schema":"timepiece-compare"', read(page))

    def test_control_characters_reach_no_terminal(self):
        path = os.path.join(self.folder.name, "hostile.jsonl")
        lines = read(self.path).splitlines()
        evil = json.dumps("=cmd\x1b[31m\x1b]0;x\x07\x9b2J\u202e")
        pathlib.Path(path).write_text("\n".join(line.replace('"label":"cam"', f'"label":{evil}') for line in lines) + "\n")
        for words in (("compare", path, path), ("compare", "--json", path, path), ("compare", "--markdown", path, path),
                      ("compare", path, self.path), ("report", "--csv", path), ("report", "--json", path),
                      ("report", "--perfetto", path), ("report", "-o", "-", path)):
            result = run(*words)
            for text in (result.stdout, result.stderr):
                self.assertNotRegex(text, "[\x1b\x07\x80-\x9f\u202e]", words)
        self.assertIn(",tick,\"'=cmd", run("report", "--csv", path).stdout)

    def test_an_interrupt_ends_it_cleanly(self):
        path = os.path.join(self.folder.name, "interrupted.jsonl")
        process = subprocess.Popen([TOOL, "record", "-o", path, "--", *LIVE], stderr=subprocess.PIPE, text=True)
        while not (os.path.exists(path) and "timepiece-tick" in read(path)):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 0)
        self.assertIn("written to", said)
        last = read(path).splitlines()[-1]
        self.assertEqual(json.loads(last)["reason"], "stopped")

    def test_the_page_is_one_file_without_requests(self):
        result = run("report", self.path)
        self.assertEqual(result.returncode, 0, result.stderr)
        page = pathlib.Path(self.path).with_suffix(".html").read_text()
        self.assertIn('"label":"cam"', page)
        self.assertNotRegex(page.replace("http://www.w3.org/2000/svg", ""), r"https?://|src=|@import|<link")

    def test_tables_and_traces_are_well_formed(self):
        lines = run("report", "--csv", self.path).stdout.splitlines()
        self.assertGreater(len(lines), 5)
        self.assertEqual(len({line.count(",") for line in lines}), 1)
        self.assertEqual(json.loads(run("report", "--json", self.path).stdout)["end"], "eos")
        trace = json.loads(run("report", "--perfetto", self.path).stdout)
        self.check_trace(trace)
        kinds = {event["ph"] for event in trace["traceEvents"]}
        self.assertEqual(kinds, {"M", "C"})
        self.assertEqual(json.loads(run("report", "--json", self.path).stdout)["version"], 1)

    def check_trace(self, trace):
        """By "Trace Event Format": what each phase has to have."""
        self.assertIn(trace["displayTimeUnit"], ("ms", "ns"))
        for event in trace["traceEvents"]:
            self.assertLessEqual({"name", "ph", "ts", "pid", "tid"}, event.keys())
            self.assertGreaterEqual(event["ts"], 0)
            self.assertTrue(isinstance(event["pid"], int) and isinstance(event["tid"], int))
            if event["ph"] == "C":
                self.assertTrue(event["args"] and all(type(value) in (int, float) for value in event["args"].values()))
            elif event["ph"] == "X":
                self.assertGreaterEqual(event["dur"], 0)
            elif event["ph"] == "i":
                self.assertIn(event["s"], "gpt")
            else:
                self.assertEqual(event["ph"], "M")
                self.assertIn(event["name"], ("process_name", "thread_name"))
                self.assertIsInstance(event["args"]["name"], str)
        self.assertEqual(len({(event["tid"]) for event in trace["traceEvents"] if event["name"] == "thread_name"}),
                         len([event for event in trace["traceEvents"] if event["name"] == "thread_name"]))

    def test_stalls_and_alarms_are_in_the_trace(self):
        path = os.path.join(self.folder.name, "stall.jsonl")
        # More than a pipe holds, so that it stops when the pipeline has begun.
        with subprocess.Popen(["sh", "-c", "head -c 1000000 /dev/zero; sleep 1; head -c 40960 /dev/zero"],
                              stdout=subprocess.PIPE) as feed:
            result = subprocess.run(
                [TOOL, "record", "-o", path, "--watch-every-element", "--", "fdsrc", "!", "timepiecetick", "label=feed",
                 "stall-timeout=300000000", "alarms=ordinal,each=50", "!", "fakesink"], stdin=feed.stdout, timeout=60)
        self.assertEqual(result.returncode, 0)
        trace = json.loads(run("report", "--perfetto", path).stdout)
        self.check_trace(trace)
        stall = next(event for event in trace["traceEvents"] if event["ph"] == "X")
        self.assertGreater(stall["dur"], 900_000)
        self.assertTrue(any(event["ph"] == "i" and event["name"].startswith("alarm") for event in trace["traceEvents"]))
        self.assertTrue(any(event["name"] == "fakesink0 work (ms)" for event in trace["traceEvents"]))

    def test_recordings_with_other_windows_are_distinguished(self):
        other = os.path.join(self.folder.name, "other.jsonl")
        run("record", "-o", other, "--", *"videotestsrc num-buffers=400 ! timepiecetick label=cam interval=300000000"
            " ! identity sleep-time=2000 ! fakesink".split())
        self.assertIn("have other lengths", run("compare", self.path, other).stderr)

    def test_a_truncated_recording_is_reported_up_to_its_end(self):
        whole = read(self.path)
        result = subprocess.run(
            [TOOL, "report", "--csv", "-"], input=whole[:len(whole) // 2], capture_output=True, text=True, timeout=60)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("cut short", result.stderr)
        self.assertGreater(len(result.stdout.splitlines()), 2)

    def test_a_recording_equals_itself_in_speed(self):
        result = run("compare", "--fail-if-slower", self.path, self.path)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue(result.stdout.startswith("The same"), result.stdout)

    def test_a_recording_that_is_three_times_slower_is_detected(self):
        slower = os.path.join(self.folder.name, "slower.jsonl")
        run("record", "-o", slower, "--", *"videotestsrc num-buffers=400 ! timepiecetick label=cam interval=100000000"
            " ! identity sleep-time=6000 ! fakesink".split())
        result = run("compare", "--fail-if-slower", self.path, slower)
        self.assertEqual(result.returncode, 3, result.stdout)
        self.assertRegex(result.stdout.splitlines()[0], "^Slower: cam ")
        lines = json.loads(run("compare", "--json", self.path, slower).stdout)["lines"]
        p50 = next(line for line in lines if line["metric"] == "p50")
        self.assertEqual(p50["verdict"], "slower")
        self.assertGreater(p50["ratio"], 1.5)
        self.assertLess(p50["low"], p50["ratio"])
        self.assertEqual(run("compare", self.path, slower, "--fail-if-slower=50").returncode, 0)
        self.assertIn("| slower |", run("compare", "--markdown", self.path, slower).stdout)

    def test_an_exact_doubling_of_live_streams_is_detected_with_its_ratio(self):
        path = {}
        for sleep in (5, 10):
            path[sleep] = os.path.join(self.folder.name, f"sleep{sleep}.jsonl")
            made = run("record", "-o", path[sleep], "--duration", "12", "--", *"videotestsrc is-live=true"
                       " ! video/x-raw,width=64,height=64,framerate=30/1 ! timepiecewatch watch=w edge=start"
                       f" ! identity sleep-time={sleep}000 ! timepiecewatch watch=w edge=stop ! fakesink".split())
            self.assertEqual(made.returncode, 0, made.stderr)
        result = run("compare", "--json", path[5], path[10])
        said = {(line["label"], line["metric"]): line for line in json.loads(result.stdout)["lines"]}
        # By the watch, and by the tracer, which measures without one.
        for what, least, most in ((("watch w", "p50"), 1.9, 2.1), (("element identity0", "p50 work"), 1.9, 2.1)):
            line = said[what]
            self.assertEqual(line["verdict"], "slower", result.stdout)
            self.assertTrue(least <= line["ratio"] <= most, line)

    def test_it_records_alternately(self):
        def words(sleep):
            return f"videotestsrc num-buffers=60 ! timepiecetick label=cam interval=50000000 ! identity sleep-time={sleep} ! fakesink".split()
        # So far apart that three runs of each decide on a machine that is busy with other things, too.
        result = run("compare", "--repeat", "3", "--fail-if-slower", "--", *words(2000), "--", *words(30000))
        self.assertEqual(result.returncode, 3, (result.stdout, result.stderr))
        self.assertRegex(result.stdout.splitlines()[0], "^Slower: cam ")
        self.assertEqual(run("compare", "--repeat", "3", "--", *words(1)).returncode, 64)


if __name__ == "__main__":
    unittest.main()
