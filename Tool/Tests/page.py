#!/usr/bin/python3
"""Opens a report in headless Chromium as a phone would, and reads it with the keyboard: page.py TOOL

Wants GST_PLUGIN_PATH set to the plugin's folder. Leaves pictures for people in .build/report-*.png.
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
import unittest

TOOL = sys.argv.pop(1) if len(sys.argv) > 1 else "timepiece"
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")

# What a person would see and do, written into the page's title.
PROBE = """
window.onerror = message => { document.title = "error " + message; };
setTimeout(() => {
  const page = document.querySelector("iframe").contentDocument, chart = page.querySelector(".chart[tabindex]");
  const press = key => chart.dispatchEvent(new page.defaultView.KeyboardEvent("keydown", { key, bubbles: true }));
  press("End"); press("Home"); press("ArrowRight");
  const said = chart.nextElementSibling.textContent;
  const charts = [...page.querySelectorAll(".chart[tabindex]")];
  const key = (chart, key) => {
    chart.dispatchEvent(new page.defaultView.KeyboardEvent("keydown", { key, bubbles: true }));
    return chart.nextElementSibling.textContent;
  };
  const bars = charts.find(chart => chart.getAttribute("aria-label").startsWith("Histogram"));
  const first = key(bars, "Home"), last = key(bars, "End");
  const feed = [...page.querySelectorAll("section")].find(section => section.querySelector("h2").textContent === "feed");
  const told = [];
  key(feed.querySelector(".chart"), "Home");
  for (let i = 0; i < 100; i++) told.push(key(feed.querySelector(".chart"), "ArrowRight"));
  const flame = page.querySelector(".flame button");
  flame.focus();
  document.title = JSON.stringify({
    width: page.documentElement.scrollWidth, curves: page.querySelectorAll("polyline").length, said, first, last,
    stall: told.find(text => text.includes("stall")), legend: feed.querySelector(".legend").textContent,
    flame: flame.closest(".flame").nextElementSibling.textContent,
    unnamed: [...page.querySelectorAll("[tabindex], button, [role=img]")].filter(node =>
      !node.getAttribute("aria-label") && !node.textContent.trim()).length,
    ground: getComputedStyle(page.body).backgroundColor });
}, 1500);
"""


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not BROWSER:
            raise RuntimeError("there is no Chromium; `make people-setup` installs it")
        cls.folder = tempfile.TemporaryDirectory()
        recording = pathlib.Path(cls.folder.name, "run.jsonl")
        # A camera, and a feed that stands still for a second.
        feed = subprocess.Popen(["sh", "-c", "head -c 1000000 /dev/zero; sleep 1; head -c 409600 /dev/zero"],
                                stdout=subprocess.PIPE)
        subprocess.run([TOOL, "record", "-o", str(recording), "--watch-every-element", "--",
                        *("videotestsrc num-buffers=300 ! timepiecetick label=cam interval=200000000"
                          " ! identity sleep-time=3000 ! videoconvert ! fakesink fdsrc ! timepiecetick label=feed"
                          " interval=200000000 stall-timeout=300000000 ! fakesink").split()],
                       check=True, stdin=feed.stdout, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        feed.stdout.close()
        feed.wait()
        subprocess.run([TOOL, "report", str(recording)], check=True, capture_output=True, timeout=60)
        cls.page = recording.with_suffix(".html")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_pictures_are_made_for_people(self):
        folder = pathlib.Path(__file__).resolve().parents[2] / ".build"
        for name, width, options in (("light", 1100, []), ("phone", 500, []),
                                     ("dark", 1100, ["--blink-settings=preferredColorScheme=0"])):
            picture = folder / f"report-{name}.png"
            picture.unlink(missing_ok=True)
            subprocess.run([BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", *options,
                            "--virtual-time-budget=3000", f"--window-size={width},3000", f"--screenshot={picture}",
                            f"file://{self.page}"], capture_output=True, timeout=120)
            self.assertGreater(picture.stat().st_size, 20_000)

    @functools.lru_cache
    def look(self, width, *options):
        frame = self.page.with_name("frame.html")
        frame.write_text(f'<!DOCTYPE html><meta charset="utf-8"><iframe width="{width}" height="800" frameborder="0"'
                         f' srcdoc="{html.escape(self.page.read_text())}"></iframe><script>{PROBE}</script>')
        result = subprocess.run(
            [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000", *options, "--dump-dom",
             f"file://{frame}"], capture_output=True, text=True, timeout=120)
        title = html.unescape(re.search("<title>(.*?)</title>", result.stdout).group(1))
        return json.loads(title)

    def test_a_phone_shows_it_without_scrolling_sideways(self):
        seen = self.look(360)
        self.assertLessEqual(seen["width"], 360)
        self.assertGreaterEqual(seen["curves"], 5)

    def test_the_keyboard_reads_charts_and_flames(self):
        seen = self.look(900)
        self.assertRegex(seen["said"], r"^0:00 +buffers a second \d+")
        self.assertRegex(seen["first"], r"^about .*: \d+ of \d+; .* % are not longer$")
        self.assertRegex(seen["last"], r"; 100\.0 % are not longer$")
        self.assertRegex(seen["flame"], r": 100\.0 % of the whole, itself ")
        self.assertEqual(seen["unnamed"], 0)

    def test_a_stall_is_on_the_time_line_and_is_read_out(self):
        seen = self.look(900)
        self.assertIn("stall", seen["legend"])
        self.assertRegex(seen["stall"], r"stall: stood still for \S+ (m?s)")

    def test_it_is_dark_where_the_system_is(self):
        light = self.look(900)["ground"]
        dark = self.look(900, "--blink-settings=preferredColorScheme=0")["ground"]
        self.assertNotEqual(light, dark)


if __name__ == "__main__":
    unittest.main()
