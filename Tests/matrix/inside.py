"""Tries the plugin in the Debian that this runs in, with nothing but GStreamer's own tools: inside.py NAME

Prints one line; what failed is printed in full before it.
"""
import os
import platform
import re
import shutil
import subprocess
import sys

README = "/timepiece/README.md"
failures = []
passed = 0


def run(command, seconds=120):
    """Runs a command line; returns its exit status and all that it printed."""
    result = subprocess.run(["bash", "-c", command], cwd="/timepiece", timeout=seconds, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    return result.returncode, result.stdout


def check(name, holds, output=""):
    global passed
    if holds:
        passed += 1
    else:
        failures.append(f"{name}\n{output[-1500:]}")


def field(output, message, name):
    """The values of a field in all messages of a name that gst-launch printed."""
    return [int(value) for line in output.splitlines() if f"{message}," in line or f"{message} " in line
            for value in re.findall(rf"\b{name}=\(guint64\)(\d+)", line)[:1]]


def elements_are_there():
    for element in ("timepiecetick", "timepiecewatch"):
        status, output = run(f"gst-inspect-1.0 {element}")
        check(f"gst-inspect-1.0 {element}", status == 0 and "Filter/Analyzer/Debug" in output, output)


def buffers_are_counted():
    status, output = run("gst-launch-1.0 -m videotestsrc num-buffers=60 ! timepiecetick ! fakesink")
    check("60 buffers are counted", status == 0 and sum(field(output, "timepiece-tick", "num-buffers")) == 60, output)
    status, output = run("gst-launch-1.0 -m videotestsrc is-live=true num-buffers=45 ! video/x-raw,framerate=30/1"
                         " ! timepiecetick ! fakesink")
    rates = [float(rate) for rate in re.findall(r"average-rate=\(double\)([\d.]+)", output)]
    check("30 frames a second read 30", status == 0 and rates and abs(rates[0] - 30) < 1.5, output)


# What is between start and stop, and how many of 60 laps there are at least; None where the element is not installed.
PATHS = {
    "queue": 60,
    "videoconvert ! videoscale ! video/x-raw,width=160": 60,
    "vp8enc deadline=1 ! vp8dec": 60,
    "x264enc tune=zerolatency ! avdec_h264": 60,
    "jpegenc ! jpegdec": 60,
    "rtpvrawpay ! rtpvrawdepay": 60,
    "matroskamux ! matroskademux": 60,
}


def laps_are_counted():
    for path, laps in PATHS.items():
        status, output = run("gst-launch-1.0 -m videotestsrc num-buffers=60 ! timepiecewatch watch=w edge=start"
                             f" ! {path} ! timepiecewatch watch=w edge=stop interval=0 ! fakesink")
        got = sum(field(output, "timepiece-watch", "num-intervals"))
        check(f"60 laps across {path}", status == 0 and got >= laps, output)


def readme_runs():
    with open(README, encoding="utf-8") as readme:
        blocks = re.findall(r"^```sh\n(.*?)^```$", readme.read(), re.MULTILINE | re.DOTALL)
    for block in blocks:
        if block.startswith(("gst-launch-1.0", "gst-inspect-1.0")):
            os.makedirs("/timepiece/.build", exist_ok=True)
            status, output = run(block)
            check(f"README: {block.splitlines()[0]} …", status == 0, output)


def abuse_is_survived():
    if not os.access("/timepiece/abuse", os.X_OK):
        return
    status, output = run(f"./abuse --sequences={os.environ['ABUSE_SEQUENCES']} --seed=1", seconds=1800)
    check("abuse", status == 0, output)


def main():
    version = run("gst-launch-1.0 --gst-version")[1].split()[-1]
    for test in (elements_are_there, buffers_are_counted, laps_are_counted, readme_runs, abuse_is_survived):
        test()
    for failure in failures:
        print(f"matrix: not so on {sys.argv[1]}: {failure}")
    abuse = "with abuse" if shutil.which("/timepiece/abuse") else "without abuse"
    print(f"{sys.argv[1]}: GStreamer {version}, {' '.join(platform.libc_ver())}: {passed} passed, "
          f"{len(failures)} failed, {abuse}", flush=True)
    sys.exit(1 if failures or not passed else 0)


if __name__ == "__main__":
    main()
