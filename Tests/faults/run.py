#!/usr/bin/env python3
"""Makes every system call of the plugin fail, one after the other, and checks that all buffers pass.

    run.py VICTIM INJECT.so [--most=N] [--jobs=N] [--calls=open,write]

For each function the 1st, 2nd, 3rd ... call fails, until a run makes no further one; then all calls from the 1st on
fail together. Each time all buffers must pass, without an error on the bus and with at most one warning; where a buffer
passes without its stamp, with exactly one.
"""

import argparse
import concurrent.futures
import errno
import glob
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Servers"))
from cloudwatch_server import CloudWatchServer

CALLS = {
    "pthread_create": errno.EAGAIN, "open": errno.EMFILE, "read": errno.EIO, "write": errno.ENOSPC, "pread64": errno.EIO,
    "pwrite64": errno.ENOSPC, "fsync": errno.EIO, "fdatasync": errno.EIO, "ftruncate64": errno.EIO, "unlink": errno.EACCES,
    "mkdir": errno.EROFS, "pipe": errno.EMFILE, "socket": errno.EMFILE, "connect": errno.ECONNREFUSED,
    "send": errno.EPIPE, "recv": errno.ECONNRESET, "poll": errno.ENOMEM, "mmap": errno.ENOMEM, "malloc": errno.ENOMEM,
    "gst_mini_object_copy": errno.ENOMEM, "gst_buffer_add_meta": errno.ENOMEM,
}
# The allocators outside GLib.
ALLOCATORS = {"malloc", "calloc", "realloc", "reallocarray", "memalign", "aligned_alloc", "posix_memalign", "strdup",
              "strndup", "asprintf", "vasprintf", "mmap"}


def attempt(victim, inject, endpoint, call, number, goes_on=False):
    """Runs once; returns whether the call was reached, and the problem, if there was one."""
    stamps = call.startswith("gst_")
    with tempfile.TemporaryDirectory() as folder:
        told = os.path.join(folder, "told")
        environment = dict(
            os.environ, XDG_STATE_HOME=folder, FAULT_CALL=call, FAULT_NUMBER=str(number),
            FAULT_ERROR=str(CALLS[call]), FAULT_TOLD=told, LD_PRELOAD=inject, AWS_EC2_METADATA_DISABLED="true")
        if goes_on:
            environment["FAULT_FROM"] = "on"
        try:
            done = subprocess.run(
                [victim, "stamps" if stamps else endpoint], env=environment, capture_output=True, text=True, timeout=60, check=False)
        except subprocess.TimeoutExpired:
            return True, "it hung"
        # Without memory it may refuse to start, with an error on the bus; then no buffer has passed.
        refused = call == "malloc" and "buffers=0 warnings=0 errors=1" in done.stdout
        reached = os.path.exists(told)
        fine = done.returncode == 0 or refused
        if stamps:
            # One for the stamp, and, if the machine is slow, one for the buffer that arrived without it.
            fine = fine and ("warnings=0 " in done.stdout) != reached
        problem = None if fine else f"status {done.returncode}: {done.stdout}{done.stderr}"
        return reached, problem


def own_allocations(objects):
    """The allocators that the plugin's own C code calls directly: there must be none."""
    undefined = subprocess.run(["nm", "-u", *objects], capture_output=True, text=True, check=True).stdout
    return {line.split()[-1].split("@")[0] for line in undefined.splitlines() if line.strip()} & ALLOCATORS


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("victim")
    parser.add_argument("inject")
    parser.add_argument("--most", type=int, default=40, help="failures of one call")
    parser.add_argument("--jobs", type=int, default=8)
    parser.add_argument("--calls", default=",".join(CALLS))
    parser.add_argument("--objects", default=".build/release/GstTimepiece.build", help="of the plugin's own C")
    options = parser.parse_args()
    objects = glob.glob(f"{options.objects}/*.o")
    own = own_allocations(objects) if objects else {"none of its objects found"}
    if own:
        print(f"faults: the plugin's own C asks for memory past GLib: {', '.join(sorted(own))}", file=sys.stderr)
        return 1
    server = CloudWatchServer()
    endpoint = server.address
    problems, points, cut = [], 0, []
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        def run(call, number, goes_on=False):
            return pool.submit(attempt, options.victim, options.inject, endpoint, call, number, goes_on)

        for call in options.calls.split(","):
            first, reached = 1, True
            while reached and first <= options.most:
                batch = [run(call, number) for number in range(first, first + options.jobs)]
                batch += [run(call, 1, True)] if first == 1 else []
                results = [future.result() for future in batch]
                # The number of calls in a run varies with the order of the threads.
                reached = any(hit for hit, _ in results[-2:])
                points += sum(hit for hit, _ in results)
                problems += [f"{call} {first + index}: {what}" for index, (_, what) in enumerate(results) if what]
                first += options.jobs
            if reached:
                cut.append(call)
    for problem in problems:
        print(f"faults: {problem}", file=sys.stderr)
    print(f"faults: {len(objects)} objects of C ask for memory through GLib and GStreamer only")
    print(f"faults: {points} failure points of {len(options.calls.split(','))} calls, {len(problems)} failed"
          + (f" (stopped at {options.most}: {', '.join(cut)})" if cut else ""))
    return 1 if problems or not points else 0


if __name__ == "__main__":
    sys.exit(main())
