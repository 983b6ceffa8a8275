#!/usr/bin/python3
"""Opens reports in headless Chromium as a phone would, and reads them with the keyboard: page.py TOOL

Requires GST_PLUGIN_PATH set to the plugin's folder. Leaves pictures for people in .build/report-*.png.
"""
import functools
import html
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

TOOL = sys.argv.pop(1) if len(sys.argv) > 1 else "timepiece"
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
PICTURES = pathlib.Path(__file__).resolve().parents[2] / ".build"
HEADLESS = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]

# What a person would see and do, written into the page's title.
PROBE = """
const errors = [];
const frame = document.querySelector("iframe"), inner = frame.contentWindow;
window.onerror = inner.onerror = message => { errors.push(String(message)); };
inner.addEventListener("securitypolicyviolation", event => errors.push("policy: " + event.blockedURI));
const wait = ms => new Promise(done => setTimeout(done, ms));
setTimeout(async () => {
  const page = frame.contentDocument;
  const key = async (node, key, options = {}) => {
    node.dispatchEvent(new inner.KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...options }));
    return node.nextElementSibling.textContent;
  };
  const charts = [...page.querySelectorAll(".chart[tabindex]")];
  const painted = charts.filter(chart => {
    const canvas = chart.querySelector("canvas");
    if (!canvas.width || !chart.offsetParent) return false;
    const bytes = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    return bytes.some(byte => byte);
  }).length;
  const line = charts.find(chart => chart.dataset.key === "timeline");
  const feed = charts.find(chart => chart.dataset.key === "feed/frames");
  const told = { first: await key(line, "Home"), next: await key(line, "ArrowRight"), last: await key(line, "End") };
  const ends = [await key(feed, "Home"), await key(feed, "End")];
  let stall = "";
  await key(feed, "Home");
  for (let i = 0; i < 400 && !stall.includes("stall"); i++) {
    stall = await key(feed, "ArrowRight");
  }
  const ticks = () => line.querySelector("canvas").toDataURL();
  const whole = ticks();
  await key(line, "+"); await key(line, "+");
  let zoomed = false;
  for (let i = 0; i < 60 && !zoomed; i++) {
    await wait(100);
    zoomed = ticks() !== whole;
  }
  await key(line, "0");
  const link = page.querySelector('a[href^="#t="]');
  link.click();
  await wait(120);
  document.title = JSON.stringify({ errors, told, ends, stall, zoomed, painted, charts: charts.length,
    moment: line.nextElementSibling.textContent, heading: page.querySelector("h1").textContent, evil: inner.evil === undefined,
    conclusion: page.querySelector(".conclusion").textContent, level: page.querySelector(".conclusion").className,
    verdicts: [...page.querySelectorAll(".verdict:not(.head)")].map(row => row.className + ": " + row.textContent),
    loads: [...page.querySelectorAll(".load .bar")].map(bar => [bar.previousElementSibling.textContent, bar.firstChild.getBoundingClientRect().width / bar.clientWidth]),
    text: page.querySelector("main").textContent.length, width: page.documentElement.scrollWidth,
    unnamed: [...page.querySelectorAll("[tabindex], button, [role=img], a")].filter(node =>
      !node.getAttribute("aria-label") && !node.textContent.trim()).length,
    requests: inner.performance.getEntriesByType("resource").length,
    ground: getComputedStyle(page.body).backgroundColor });
}, 800);
"""


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not BROWSER:
            raise RuntimeError("there is no Chromium; `make people-setup` installs it")
        cls.folder = tempfile.TemporaryDirectory()
        recording = pathlib.Path(cls.folder.name, "run.jsonl")
        # A camera, and a feed that stalls for a second.
        feed = subprocess.Popen(["sh", "-c", "head -c 1000000 /dev/zero; sleep 1; head -c 409600 /dev/zero"],
                                stdout=subprocess.PIPE)
        subprocess.run([TOOL, "record", "-o", str(recording), "--watch-every-element", "--",
                        *("videotestsrc num-buffers=300 ! timepiecetick label=cam interval=200000000 alarms=ordinal,each=2"
                          " ! identity sleep-time=3000 ! videoconvert ! fakesink fdsrc ! timepiecetick label=feed"
                          " interval=200000000 stall-timeout=300000000 ! fakesink").split()],
                       check=True, stdin=feed.stdout, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        feed.stdout.close()
        feed.wait()
        cls.page = cls.report(recording)
        cls.hour = cls.report(cls.made("hour.jsonl", 1, 3600))
        cls.forty = cls.report(cls.made("forty.jsonl", 40, 600))

    @classmethod
    def report(cls, *recordings):
        page = recordings[-1].with_suffix(".diff.html" if len(recordings) > 1 else ".html")
        subprocess.run([TOOL, "report", *map(str, recordings), "-o", str(page)], check=True, capture_output=True, timeout=120)
        return page

    @classmethod
    def made(cls, name, streams, seconds):
        """A recording with the given numbers of streams and seconds, with slow periods, freezes, alarms, and hostile
        labels."""
        source = pathlib.Path(cls.folder.name, "run.jsonl").read_text().splitlines()
        header, window = source[0], next(json.loads(line) for line in source if '"timepiece-tick"' in line)
        lines = [header]
        for second in range(1, seconds + 1):
            for stream in range(streams):
                slow = stream % 7 == 3 and second % 60 > 40
                lengths = [(66 if slow else 33) * 1_000_000 + (second * 7919 + i * 104729) % 900_000 for i in range(15 if slow else 30)]
                if second % 300 == 150 + stream % 5:
                    lengths[3] = 700_000_000
                fields = window["fields"] | {"label": f"cam{stream}" if stream else "cam0 </script><img src=x onerror=evil=1>",
                    "nominal-rate": 30.0, "num-intervals": len(lengths), "intervals": lengths, "num-buffers": len(lengths),
                    "sum-interval": sum(lengths), "max-interval": max(lengths), "p50-interval": sorted(lengths)[len(lengths) // 2],
                    "p99-interval": max(lengths), "p90-interval": sorted(lengths)[-2], "duration": 1_000_000_000,
                    "average-rate": len(lengths) / sum(lengths) * 1e9, "since-last-buffer": 0, "bitrate": 4e6}
                lines.append(json.dumps({"at": second * 1_000_000_000, "message": "timepiece-tick", "fields": fields}))
            lines.append(json.dumps({"at": second * 1_000_000_000, "message": "timepiece-alarm", "fields": {"label": "cam1",
                "alarm": "gop", "kind": "interval", "count": second, "due": 1, "fired": 1, "running-time": 1}}))
            element = {"message": "element", "fields": {"element": "identity0", "factory": "identity", "num-buffers": 30,
                "work-time": 310_000_000, "wait-time": 600_000_000, "wait-reason": "clock", "p50-work": 10_000_000,
                "p90-work": 11_000_000, "p99-work": 12_000_000, "max-work": 13_000_000}}
            lines.append(json.dumps({"at": second * 1_000_000_000, "message": "timepiece-pipeline", "fields": {"pipeline": "p",
                "duration": 1_000_000_000, "elements": [element], "bottleneck": {"message": "bottleneck", "fields": {
                    "element": "identity0", "reason": "It never waits."}}}}))
        lines.append(json.dumps({"at": seconds * 1_000_000_000, "event": "end", "reason": "eos"}))
        path = pathlib.Path(cls.folder.name, name)
        path.write_text("\n".join(lines) + "\n")
        return path

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_screenshots_are_taken(self):
        dark = ["--blink-settings=preferredColorScheme=0"]
        for name, page, width, options in (("light", self.page, 1100, []), ("phone", self.page, 500, []), ("dark", self.page, 1100, dark),
                                           ("hour", self.hour, 1100, []), ("forty", self.forty, 1100, []), ("forty-phone", self.forty, 500, dark)):
            picture = PICTURES / f"report-{name}.png"
            picture.unlink(missing_ok=True)
            subprocess.run([*HEADLESS, *options, "--virtual-time-budget=4000", f"--window-size={width},3000",
                            f"--screenshot={picture}", f"file://{page}"], capture_output=True, timeout=120)
            self.assertGreater(picture.stat().st_size, 20_000)

    @functools.lru_cache
    def look(self, width, *options):
        frame = self.page.with_name("frame.html")
        frame.write_text(f'<!DOCTYPE html><meta charset="utf-8"><iframe width="{width}" height="800" frameborder="0"'
                         f' srcdoc="{html.escape(self.page.read_text())}"></iframe><script>{PROBE}</script>')
        result = subprocess.run(
            [*HEADLESS, "--virtual-time-budget=30000", "--enable-logging=stderr", *options, "--dump-dom",
             f"file://{frame}"], capture_output=True, text=True, timeout=120)
        title = html.unescape(re.search("<title>(.*?)</title>", result.stdout, re.S).group(1))
        seen = json.loads(title)
        seen["console"] = [line for line in result.stderr.splitlines() if "CONSOLE" in line]
        return seen

    def console(self, page):
        """What the console says, and the text that is shown."""
        result = subprocess.run([*HEADLESS, "--virtual-time-budget=8000", "--enable-logging=stderr", "--dump-dom", f"file://{page}"],
                                capture_output=True, text=True, timeout=120)
        return [line for line in result.stderr.splitlines() if "CONSOLE" in line], result.stdout

    def test_a_phone_shows_it_without_horizontal_scrolling(self):
        for width in (360, 390):
            seen = self.look(width)
            self.assertLessEqual(seen["width"], width)
            self.assertGreaterEqual(seen["painted"], 6)

    def test_it_makes_no_request_and_logs_nothing(self):
        seen = self.look(900)
        self.assertEqual(seen["errors"], [])
        self.assertEqual(seen["console"], [])
        self.assertEqual(seen["requests"], 0)
        for page in (self.hour, self.forty):
            console, _ = self.console(page)
            self.assertEqual(console, [])

    def test_it_begins_with_a_verdict_in_words(self):
        seen = self.look(900)
        self.assertIn("cam", seen["heading"])
        self.assertRegex(seen["conclusion"], "has a serious fault|have serious faults")
        self.assertIn("bad", seen["level"])
        # In the pipeline's order.
        self.assertRegex(seen["verdicts"][0], "cam")
        self.assertRegex(seen["verdicts"][1], r"^verdict bad: feed.*Stalled at \d\d:\d\d:\d\d\.")

    def test_the_keyboard_moves_the_cursor_and_zooms(self):
        seen = self.look(900)
        self.assertRegex(seen["told"]["first"], r"^\d\d:\d\d:\d\d\.\d{3} +.*cam \d+")
        self.assertNotEqual(seen["told"]["first"], seen["told"]["next"])
        self.assertRegex(seen["ends"][0], r"buffer at \d\d:\d\d:\d\d\.\d{3}: [\d.]+ (µs|ms|ns)")
        self.assertTrue(seen["zoomed"])
        self.assertRegex(seen["moment"], r"^\d\d:\d\d:\d\d\.\d{3}")
        self.assertEqual(seen["unnamed"], 0)

    def test_a_stall_is_announced(self):
        self.assertRegex(self.look(900)["stall"], r"stall: stalled for \S+ m?s")

    def test_a_bar_is_as_wide_as_its_share_of_a_thread(self):
        # The tracer names an element by its path within the pipeline.
        loads = {name.split("/")[-1]: load for name, load in self.look(900)["loads"]}
        self.assertGreater(loads["identity0"], 0.3)
        self.assertLess(loads["fakesink0"], 0.3)

    def test_it_follows_the_dark_mode_of_the_system(self):
        light = self.look(900)["ground"]
        dark = self.look(900, "--blink-settings=preferredColorScheme=0")["ground"]
        self.assertNotEqual(light, dark)

    def test_hostile_labels_stay_text(self):
        for page in (self.hour, self.forty):
            _, shown = self.console(page)
            self.assertIn("cam0 &lt;/script&gt;&lt;img src=x onerror=evil=1&gt;", shown)
            self.assertNotIn("<img", shown.split("<main")[1].split("</main>")[0])

    def test_an_hour_and_forty_streams_are_small(self):
        for page in (self.hour, self.forty):
            self.assertLess(page.stat().st_size, 3_000_000)
        _, shown = self.console(self.forty)
        self.assertIn("Slowest: identity0. It never waits.", shown)
        self.assertRegex(shown, 'aria-label="31.0 % work, 60.0 % waiting"')
        self.assertEqual(shown.count('class="verdict '), 41)

    def test_the_live_page_continues(self):
        process = subprocess.Popen([TOOL, "top", "--http", ":0", "--", *"videotestsrc is-live=true ! timepiecetick label=cam"
                                    " interval=200000000 ! fakesink".split()], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            url = re.search(r"http://\S+", process.stderr.readline()).group(0)
            time.sleep(3)
            result = subprocess.run([*HEADLESS, "--virtual-time-budget=9000", "--enable-logging=stderr", "--dump-dom", url],
                                    capture_output=True, text=True, timeout=120)
            self.assertEqual([line for line in result.stderr.splitlines() if "CONSOLE" in line], [])
            shown = result.stdout.split("<main")[1].split("</main>")[0]
            self.assertIn(">cam</a>", shown)
            self.assertIn("· live", shown)
            self.assertNotIn("The live view has ended", shown)
            # What is shown is newer than what the page was sent with.
            sent = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', result.stdout, re.S).group(1))
            buffers = [int(number.replace(",", "")) for number in re.findall(r"; ([\d,]+) buffers", shown)]
            self.assertGreater(max(buffers), sent["streams"][0]["buffers"] if sent["streams"] else 0)
        finally:
            process.terminate()
            process.communicate(timeout=30)

    def test_a_comparison_is_a_page(self):
        page = self.report(pathlib.Path(self.folder.name, "forty.jsonl"), pathlib.Path(self.folder.name, "hour.jsonl"))
        console, shown = self.console(page)
        self.assertEqual(console, [])
        self.assertRegex(shown, '<p class="conclusion ')
        self.assertIn("Only in one of the two", shown)


if __name__ == "__main__":
    unittest.main()
