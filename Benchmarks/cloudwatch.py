#!/usr/bin/python3
"""Measures the cost of publishing: on the wire, in the sender's thread, in memory, on the disk.

A service on loopback counts the requests of the elements in a pipeline with many of them. A minute is played in ten
seconds: 1,800 buffers, one datum per series, as in a minute at 30 fps. Bytes are those of HTTP, without TLS.
"""

import argparse
import gzip
import http.server
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ELEMENTS = (1, 100, 1000)
MINUTE = 10
# Nanoseconds of processor time are the first number of this file.
THREAD = "/proc/{process}/task/{thread}/schedstat"
SPOOL_ROWS = 2_000


class Service(http.server.BaseHTTPRequestHandler):
    """Accepts and records every request."""

    protocol_version = "HTTP/1.1"
    requests = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        head = len(self.raw_requestline) + len(self.headers.as_bytes())
        Service.requests.append((head + len(body), body, self.headers.get("Content-Encoding")))
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("x-amzn-RequestId", "benchmark")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


def resident(process):
    with open(f"/proc/{process}/statm", encoding="utf-8") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def play(elements, minutes, endpoint):
    """Runs in a separate process: prints the memory, and the nanoseconds per minute of the sender's thread."""
    import gi
    gi.require_version("Gst", "1.0")
    from gi.repository import Gst
    Gst.init(None)
    publishing = (
        f" cloudwatch-namespace=Benchmark region=us-east-1 access-key=benchmark secret-access-key=benchmark"
        f" cloudwatch-interval={MINUTE * 1_000_000_000} cloudwatch-dimensions=dimensions,Device=cam-01"
        f" cloudwatch-spool=none endpoint-uri={endpoint}") if endpoint else ""
    row = " ! ".join(
        f"timepiecetick post-messages=false label=element-{number:04}{publishing}" for number in range(elements))
    pipeline = Gst.parse_launch(
        f"fakesrc sizetype=fixed sizemax=64 ! identity sleep-time={MINUTE * 1_000_000 // 1800} ! {row} ! fakesink")
    pipeline.set_state(Gst.State.PLAYING)
    pipeline.get_state(10 * Gst.SECOND)
    senders = []
    for thread in os.listdir("/proc/self/task"):
        with open(f"/proc/self/task/{thread}/comm", encoding="utf-8") as file:
            if file.read() == "timepiece-send\n":
                senders.append(thread)

    def taken():
        total = 0
        for thread in senders:
            with open(THREAD.format(process="self", thread=thread), encoding="utf-8") as file:
                total += int(file.read().split()[0])
        return total

    if not endpoint:
        time.sleep(3)
        print(resident("self"), 0)
    else:
        # From the middle of the second minute: the first is incomplete, and includes the connection.
        time.sleep(2 * MINUTE - time.time() % MINUTE + MINUTE / 2)
        before = taken()
        time.sleep(minutes * MINUTE)
        print(resident("self"), (taken() - before) / minutes)
    pipeline.set_state(Gst.State.NULL)


def run(elements, minutes, endpoint):
    result = subprocess.run(
        [sys.executable, __file__, "--play", str(elements), str(minutes), endpoint],
        capture_output=True, text=True, timeout=600)
    if result.returncode != 0:
        sys.exit(f"{elements} elements: {result.stderr[-2000:]}")
    memory, nanoseconds = result.stdout.split()
    return int(memory), float(nanoseconds)


def measure(elements, minutes, endpoint):
    Service.requests = []
    memory, nanoseconds = run(elements, minutes, endpoint)
    alone, _ = run(elements, minutes, "")
    by_minute = {}
    for size, body, encoding in Service.requests:
        content = json.loads(gzip.decompress(body) if encoding == "gzip" else body)
        # The data in the requests of one minute have the same time.
        by_minute.setdefault(content["MetricData"][0]["Timestamp"], []).append((size, len(content["MetricData"])))
    # The last is that of the end.
    by_minute.pop(max(by_minute, default=None), None)
    whole = [requests for requests in by_minute.values() if sum(data for _, data in requests) == elements]
    if not whole:
        sys.exit(f"{elements} elements: no minute came whole")
    return {
        "elements": elements,
        "bytes": sum(size for requests in whole for size, _ in requests) / len(whole) / elements,
        "requests": statistics.mean(map(len, whole)),
        "sender": nanoseconds / elements / 1e3,
        "resident": memory,
        "resident_without": alone,
    }


def measure_spool(program):
    with tempfile.TemporaryDirectory(dir=os.path.dirname(os.path.abspath(program))) as folder:
        result = subprocess.run(
            [program, os.path.join(folder, "spool"), str(SPOOL_ROWS)], capture_output=True, text=True, check=True)
    return dict(zip(("single", "stored", "taken"), map(float, result.stdout.split()), strict=True))


def table(rows, spool):
    lines = [
        "| elements | bytes a series and minute | requests a minute | sender, µs a series and minute | memory, MB |",
        "| ---: | ---: | ---: | ---: | ---: |"]
    for row in rows:
        lines.append(
            f"| {row['elements']:,} | {row['bytes']:.0f} | {row['requests']:.1f} | {row['sender']:.0f} | "
            f"{row['resident'] / 1e6:.1f} |")
    first, last = rows[0], rows[-1]
    if last["elements"] > first["elements"]:
        count = last["elements"] - first["elements"]
        whole = (last["resident"] - first["resident"]) / count
        without = (last["resident_without"] - first["resident_without"]) / count
        lines += ["", f"An element holds {without / 1e3:.0f} kB, and {(whole - without) / 1e3:.0f} kB more when it publishes."]
    lines.append(
        f"The spool stores {spool['single']:,.0f} rows a second one at a time and {spool['stored']:,.0f} a hundred at a "
        f"time, each on the disk before the next; {spool['taken']:,.0f} are taken out.")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("spool", help="the built SpoolBenchmark")
    parser.add_argument("--minutes", type=int, default=2, help="of ten seconds (default %(default)s)")
    parser.add_argument("--elements", type=int, nargs="+", default=ELEMENTS, help="how many elements there are at once")
    parser.add_argument("--json", default="cloudwatch.json", help="where to write the results (default %(default)s)")
    arguments = parser.parse_args()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    rows = [measure(elements, arguments.minutes, endpoint) for elements in arguments.elements]
    spool = measure_spool(arguments.spool)
    print(table(rows, spool))
    with open(arguments.json, "w", encoding="utf-8") as file:
        json.dump({"elements": rows, "spool": spool}, file, indent=1)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--play"]:
        play(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
    else:
        main()
