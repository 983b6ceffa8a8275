"""Tests the plugin in the Debian root that this runs in, with only GStreamer's own tools: inside.py NAME

Prints one line; failures are printed in full before it.
"""
import os
import platform
import re
import subprocess
import sys
import time
from typing import NamedTuple

README = "/timepiece/README.md"
EMULATED = bool(os.environ.get("EMULATED"))
failures = []
passed = 0


def run(command, seconds=120):
    """Runs a command line; returns its exit status, 124 if it does not end, and its whole output.

    The time limit on an emulated processor is ten times as long.
    """
    if EMULATED:
        seconds *= 10
    result = subprocess.run(["timeout", "--kill-after=5", str(seconds), "bash", "-c", command], cwd="/timepiece",
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            errors="replace")
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


def the_tracer_finds_the_bottleneck():
    status, output = run("GST_TRACERS=timepiece gst-launch-1.0 -m videotestsrc num-buffers=200 ! queue ! identity name=slow"
                         " sleep-time=10000 ! fakesink")
    # Nested structures are printed with backslashes.
    said = output.replace("\\", "")
    check("the tracer finds the bottleneck", status == 0 and "slow is the bottleneck" in said, said)
    counts = re.findall(r"element=\(string\)slow, factory=\(string\)identity, num-buffers=\(guint64\)(\d+)", said)
    check(f"the tracer counts 200 buffers: {counts}", sum(map(int, counts)) == 200, said)


VIDEO = "videotestsrc num-buffers=60 ! video/x-raw,format=I420,width=64,height=64,framerate=30/1"
AUDIO = "audiotestsrc num-buffers=60 samplesperbuffer=480 ! audio/x-raw,format=S16LE,rate=48000,channels=1"


class Path(NamedTuple):
    """The elements between start and stop: a row of README's table."""
    source: str
    elements: str
    # How a stop recognizes the buffers that arrive.
    way: str = "stamp"
    # The minimum of laps, of 60.
    laps: int = 60
    # The minor version of GStreamer from which on stamps get through, if they do.
    stamped_since: int = 0
    # The minor version from which on Debian has the elements.
    there_since: int = 0


PATHS = [
    Path(VIDEO, "queue"),
    Path(VIDEO, "multiqueue"),
    Path(VIDEO, "tee ! queue"),
    Path(VIDEO, "videoconvert ! video/x-raw,format=RGB"),
    Path(VIDEO, "videoscale ! video/x-raw,width=32,height=32"),
    Path(VIDEO, "videoflip method=clockwise"),
    Path(VIDEO, "clockoverlay"),
    Path(VIDEO, "textoverlay text=x"),
    Path(VIDEO, "timeoverlay"),
    Path(VIDEO, "deinterlace"),
    Path(VIDEO, "jpegenc ! jpegdec"),
    Path(VIDEO, "videoconvert ! pngenc ! pngdec"),
    Path(VIDEO, "vp8enc deadline=1 ! vp8dec"),
    Path(VIDEO, "vp9enc deadline=1 cpu-used=8", laps=1),
    Path(VIDEO, "theoraenc ! theoradec"),
    Path(VIDEO, "openh264enc ! openh264dec", there_since=22),
    Path(VIDEO, "x264enc ! avdec_h264"),
    Path(VIDEO, "x265enc speed-preset=ultrafast ! h265parse"),
    Path(VIDEO, "rtpvrawpay ! rtpvrawdepay"),
    Path(VIDEO, "vp8enc deadline=1 ! rtpvp8pay ! rtpvp8depay"),
    Path(VIDEO, "x264enc tune=zerolatency ! h264parse ! rtph264pay ! rtph264depay"),
    Path(VIDEO, "matroskamux ! matroskademux"),
    Path(VIDEO, "x264enc tune=zerolatency ! h264parse ! mp4mux fragment-duration=100 ! qtdemux"),
    Path(VIDEO, "videorate ! video/x-raw,framerate=60/1"),
    Path(VIDEO, "videorate ! video/x-raw,framerate=15/1", laps=29),
    Path(VIDEO, "compositor", way="time", stamped_since=28),
    Path(VIDEO, "gdppay ! gdpdepay", way="time"),
    Path(VIDEO, "x264enc tune=zerolatency ! h264parse ! flvmux ! flvdemux", way="time"),
    Path(VIDEO, "x264enc tune=zerolatency ! h264parse ! mpegtsmux ! tsdemux", way="time"),
    Path(AUDIO, "audioconvert ! audio/x-raw,format=F32LE"),
    Path(AUDIO, "level"),
    Path(AUDIO, "audioresample ! audio/x-raw,rate=44100", laps=59),
    Path(AUDIO, "opusenc ! opusdec", laps=29),
    Path(AUDIO, "audioconvert ! vorbisenc ! vorbisdec", laps=1),
    Path(AUDIO, "opusenc ! rtpopuspay ! rtpopusdepay", laps=29),
    Path(AUDIO, "audiomixer", way="time"),
]


def laps(path):
    """The laps that two stops count in one run, one by stamp or time, the other only by stamps."""
    status, output = run(f"gst-launch-1.0 -m {path.source} ! timepiecewatch watch=auto edge=start"
                         f" ! timepiecewatch watch=meta edge=start ! identity sleep-time=2000 ! {path.elements}"
                         " ! timepiecewatch watch=auto edge=stop interval=0"
                         " ! timepiecewatch watch=meta edge=stop interval=0 correlation=meta ! fakesink")
    return status, *(sum(field(output, f"watch=(string){watch}", "num-intervals")) for watch in ("auto", "meta")), output


def is_there(path):
    """Whether this Debian has all elements of a path."""
    return all(run(f"gst-inspect-1.0 --exists {part.split()[0]}")[0] == 0
               for part in path.elements.split(" ! ") if "/" not in part.split()[0])


def laps_are_counted(minor):
    for path in PATHS:
        if minor < path.there_since:
            check(f"Debian has {path.elements} from GStreamer 1.{path.there_since} on", not is_there(path))
            continue
        status, got, stamped, output = laps(path)
        check(f"{path.laps} laps across {path.elements}: {got}", status == 0 and got >= path.laps, output)
        expected = minor >= path.stamped_since if path.stamped_since else path.way == "stamp"
        check(f"stamps {'do' if expected else 'do not'} get through {path.elements}: {stamped}", (stamped > 0) == expected,
              output)


# From one process to another; the first takes 20 ms for each buffer after the start.
def processes_meet(minor):
    if minor < 24:
        return
    other_machine = "cp /proc/sys/kernel/random/boot_id /tmp/boot && sed -i 's/^./x/' /tmp/boot" \
                    " && mount --bind /tmp/boot /proc/sys/kernel/random/boot_id && "
    for name, before, expected in (("of one machine", "", 60), ("of two machines", other_machine, 0)):
        start = (f"{before}exec gst-launch-1.0 videotestsrc is-live=true num-buffers=60 ! timepiecewatch watch=w edge=start"
                 " ! identity sleep-time=20000 ! unixfdsink socket-path=/tmp/stamps wait-for-connection=true")
        stop = ("for i in $(seq 100); do [ -S /tmp/stamps ] && break; sleep 0.1; done; exec gst-launch-1.0 -m"
                " unixfdsrc socket-path=/tmp/stamps ! timepiecewatch watch=w edge=stop interval=0 ! fakesink")
        begin = f"rm -f /tmp/stamps; unshare --mount --propagation unchanged bash -c \"{start}\" >/tmp/start.log 2>&1 &"
        status, output = run(f"{begin} {stop}")
        got = sum(field(output, "timepiece-watch", "num-intervals"))
        check(f"{expected} laps between processes {name}: {got}", status == 0 and got == expected, output)
        if expected:
            shortest = min(field(output, "timepiece-watch", "min-interval"), default=0)
            mean = min(field(output, "timepiece-watch", "avg-interval"), default=0)
            # A busy machine increases the mean, but does not decrease the minimum.
            check(f"a lap between processes takes 20 ms: {shortest}, {mean}", 20e6 <= shortest and mean < 500e6, output)


def tracers_see_laps_and_stalls(minor):
    """Tests that laps are spans in GStreamer's tracing, and stalls and alarms events, which its tracer `log` shows."""
    log = "GST_TRACERS=log " if minor >= 30 else ""
    stalls = (f"{log}GST_DEBUG=GST_TRACER:7 GST_DEBUG_NO_COLOR=1 gst-launch-1.0 videotestsrc num-buffers=40 is-live=true"
              " ! timepiecetick stall-timeout=10000000 alarms=ordinal,name=tenth,each=10 ! fakesink")
    status, output = run(stalls)
    for name in ("stall", "resume", "alarm"):
        got = len(re.findall(rf"timepiece-{name}, label=", output))
        check(f"GStreamer's tracing shows each timepiece-{name}: {got}",
              status == 0 and (got >= 4 if minor >= 30 else got == 0), output)
    if minor >= 30:
        for way in ("fakesink", "queue ! fakesink"):
            status, output = run(f"./spans drawn videotestsrc num-buffers=60 ! timepiecewatch watch=drawn ! {way}")
            check(f"a tracer sees each lap as a span with {way}",
                  status == 0 and "60 spans of drawn began, 60 ended" in output, output)


def missing_libraries_are_told(minor):
    if minor < 24:
        return
    hide = "for f in /usr/lib/*/libcurl.so.4; do mount --bind /dev/null $(readlink -f $f); done; "
    command = "GST_REGISTRY=/tmp/missing.bin gst-inspect-1.0 --plugin timepiece; rm -f /tmp/missing.bin"
    for before, expected in (("", False), (hide, True)):
        output = run(f"unshare --mount --propagation unchanged bash -c '{before}{command}'")[1]
        check("gst-inspect-1.0 says that libcurl is missing if it is", ("libcurl" in output) == expected, output)


# The checks of the plugin that need neither a compiler nor valgrind.
PLUGIN_CHECKS = ["gst-plugin-scanner", "gst-inspect-1.0", "gst-launch-1.0", "GST_DEBUG", "level INFO", "no part of Swift",
                 "does not link libcurl", "symbols are exported", "Python", "forked", "make demo", "a million",
                 "1,000 cycles", "leaks tracer"]
LONG_CHECKS = ["a million", "1,000 cycles", "make demo", "leaks tracer"]


def plugin_suite_passes():
    # An emulator is too slow for the long checks.
    checks = [name for name in PLUGIN_CHECKS if not (EMULATED and name in LONG_CHECKS)]
    names = " ".join(f"'{name}'" for name in checks)
    patience = "CHECK_SECONDS=1200 " if EMULATED else ""
    status, output = run(f"{patience}bash Tests/plugin/run.sh {names}", seconds=1800)
    check("the plugin's checks", status == 0, output)
    return re.findall(r"plugin: (\d+) passed", output)


def readme_runs():
    with open(README, encoding="utf-8") as readme:
        blocks = re.findall(r"^```sh\n(.*?)^```$", readme.read(), re.MULTILINE | re.DOTALL)
    for block in blocks:
        if block.startswith(("gst-launch-1.0", "gst-inspect-1.0", "GST_TRACERS=")):
            os.makedirs("/timepiece/.build", exist_ok=True)
            status, output = run(block)
            check(f"README: {block.splitlines()[0]} …", status == 0, output)


def abuse_is_survived():
    status, output = run(f"./abuse --sequences={os.environ['ABUSE_SEQUENCES']} --seed=1", seconds=1800)
    check("abuse", status == 0, output)


def main():
    began = time.monotonic()
    version = run("gst-launch-1.0 --gst-version")[1].split()[-1]
    minor = int(version.split(".")[1])
    # A development version counts as the release that it becomes.
    minor += minor % 2
    elements_are_there()
    buffers_are_counted()
    the_tracer_finds_the_bottleneck()
    laps_are_counted(minor)
    processes_meet(minor)
    tracers_see_laps_and_stalls(minor)
    missing_libraries_are_told(minor)
    readme_runs()
    suite = plugin_suite_passes()
    abuse_is_survived()
    for failure in failures:
        print(f"matrix: not so on {sys.argv[1]}: {failure}")
    print(f"{sys.argv[1]}: GStreamer {version}, {' '.join(platform.libc_ver())}: {passed} passed, "
          f"{len(failures)} failed, {' '.join(suite) or 'no'} checks of the plugin, "
          f"{os.environ['ABUSE_SEQUENCES']} sequences of abuse, "
          f"{time.monotonic() - began:.0f} s", flush=True)
    sys.exit(1 if failures or not passed else 0)


if __name__ == "__main__":
    main()
