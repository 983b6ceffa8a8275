#!/usr/bin/env python3
"""Times what an element adds to each buffer, in comparison with its peers, in one run.

Rounds are interleaved: each round runs every configuration once, in its own process, in shuffled order. The added time
of a configuration is its time less that of its base in the same round, so that a machine that is slow for a while is
slow for both. Medians and quartiles over the rounds are printed, and all results are also written as JSON.
"""

import argparse
import datetime
import http.server
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import threading

import configurations
import startup

CANNOT_MAKE = 3


class Endpoint(http.server.BaseHTTPRequestHandler):
    """Receives the requests to CloudWatch and accepts them."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def serve():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"


def run(program, configuration, buffers, processors):
    """Returns the nanoseconds per buffer, of processor time and by the clock."""
    environment = dict(os.environ, **dict(configuration.environment))
    command = [program, "-t", str(configuration.rows), str(max(2, int(buffers * configuration.share)))]
    result = subprocess.run(
        command, input=configuration.middle, text=True, capture_output=True, env=environment,
        preexec_fn=lambda: os.sched_setaffinity(0, processors[:configuration.rows]))
    if result.returncode == CANNOT_MAKE:
        return None
    if result.returncode != 0:
        sys.exit(f"{configuration.name}: {result.stderr.strip() or result.returncode}")
    processor, clock = result.stdout.split()
    return float(processor), float(clock)


def quartiles(values):
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return {"median": middle, "low": low, "high": high}


def measure(arguments):
    processors = sorted(os.sched_getaffinity(0), reverse=True)
    every = configurations.configurations(serve())
    if arguments.only:
        needed = {limit.other for c in every if c.name in arguments.only for limit in c.limits}
        needed |= {c.base for c in every if c.name in arguments.only or c.name in needed}
        needed |= {c.base for c in every if c.name in needed}
        every = [c for c in every if c.name in arguments.only or c.name in needed]
    present = []
    for configuration in every:
        if configuration.rows > len(processors):
            print(f"skipped: {configuration.name} (one processor only)", file=sys.stderr)
        elif run(arguments.program, configuration, 10, processors) is None:
            print(f"skipped: {configuration.name} (not available here)", file=sys.stderr)
        else:
            present.append(configuration)
    times = {configuration.name: [] for configuration in present}
    for number in range(arguments.rounds):
        for configuration in random.sample(present, len(present)):
            times[configuration.name].append(run(arguments.program, configuration, arguments.buffers, processors))
        if sys.stderr.isatty():
            print(f"\rround {number + 1} of {arguments.rounds}", end="", file=sys.stderr)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return present, times


def summarize(present, times):
    rows = []
    for configuration in present:
        added = [
            own[0] - base[0] for own, base in zip(times[configuration.name], times[configuration.base], strict=True)]
        rows.append({
            "name": configuration.name,
            "added": quartiles(added),
            "processor": quartiles([own[0] for own in times[configuration.name]]),
            "clock": quartiles([own[1] for own in times[configuration.name]]),
        })
    added = {row["name"]: row["added"]["median"] for row in rows}
    for row, configuration in zip(rows, present, strict=True):
        row["limits"] = [
            {"other": limit.other, "limit": limit.ratio, "ratio": added[configuration.name] / added[limit.other]}
            for limit in configuration.limits if added.get(limit.other, 0) > 0]
    return rows


def table(rows):
    lines = [
        "| X | adds, ns a buffer | quartiles | against (limit) |",
        "| --- | ---: | ---: | --- |"]
    for row in rows:
        ratios = ", ".join(f"{limit['ratio']:.2f} × {limit['other']} ({limit['limit']:.2f})" for limit in row["limits"])
        if row["name"].startswith("nothing"):
            shown = row["processor"]
            ratios = "all of the buffer's way"
        else:
            shown = row["added"]
        lines.append(
            f"| {row['name']} | {shown['median']:.0f} | {shown['low']:.0f} to {shown['high']:.0f} | {ratios} |")
    return "\n".join(lines)


def find_plugins(arguments):
    """Lets GStreamer find the built plugins, with a separate registry."""
    folders = [os.path.dirname(os.path.abspath(path)) for path in (arguments.plugin, arguments.program)]
    os.environ["GST_PLUGIN_PATH"] = os.pathsep.join(folders)
    os.environ["GST_REGISTRY"] = os.path.join(folders[1], "registry.bin")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="the built perbuffer")
    parser.add_argument("plugin", help="the built libgsttimepiece.so")
    # Enough that one-time costs are negligible: the report at the end of the stream takes about 300 µs, cold.
    parser.add_argument("--buffers", type=int, default=300_000, help="per process (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=30, help="(default %(default)s)")
    parser.add_argument("--json", default="bench.json", help="where to write the results (default %(default)s)")
    parser.add_argument("--only", action="append", metavar="NAME", help="this configuration, and what it is set against")
    arguments = parser.parse_args()
    if arguments.rounds < 2:
        parser.error("--rounds takes 2 or more: fewer have no quartiles")
    find_plugins(arguments)
    present, times = measure(arguments)
    rows = summarize(present, times)
    result = {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "machine": {"kernel": platform.release(), "architecture": platform.machine(), "processors": os.cpu_count()},
        "buffers": arguments.buffers,
        "rounds": arguments.rounds,
        "configurations": rows,
        "times": times,
    }
    print(table(rows))
    if not arguments.only:
        result["start"] = startup.measure(
            os.path.join(os.path.dirname(os.path.abspath(arguments.program)), "launch"), arguments.plugin,
            max(20, arguments.rounds))
        print()
        print(startup.table(result["start"]))
    with open(arguments.json, "w", encoding="utf-8") as file:
        json.dump(result, file, indent=1)


if __name__ == "__main__":
    main()
