#!/usr/bin/env python3
"""Counts instructions and allocations per buffer in the elements, and per call in the library, and checks their limits.

Counts are reproducible and times are not, so they can be compared from change to change and from machine to machine
with the same tools. Only the element itself and its callees count, but not the push to the next element.
"""

import argparse
import os
import socket
import subprocess
import sys

import callgrind
import configurations

# How often an element that exceeds its limit is measured at most.
TRIES = 3
# perbuffer says when counting starts.
AFTER_LOADING = ("--instr-atstart=no",)
# Instructions per step.
ONCE = 0.3
TOLERANCE = 1.03
# Up to this many per step cannot be distinguished from none: memory that grows from time to time.
STRAY_ALLOCATIONS = 0.01
# How many are counted, and how many come before them, in which one-time work is done. There are so many buffers that
# one-time work that comes later, in whichever thread, is negligible.
BUFFERS, FIRST_BUFFERS = 16_000, 2_000
CALLS, FIRST_CALLS = 2_000, 1_000
# No report by the clock, whose share of a buffer would depend on the speed of the machine.
QUIET = "interval=0"


# The limit of the streaming thread's cost with the exporters, as a multiple of that without them.
DOORS_RATIO = 1.01
DOORS_OPEN = "timepiecetick, doors open"


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def alarms(count):
    return configurations.alarms(count).replace("timepiecetick", f"timepiecetick {QUIET}")


# Pushes that are each the first after a window was closed; here the clock closes them.
WINDOW_ENDS = {
    "timepiecetick, first push of a window": "timepiecetick interval=1000000",
    "timepiecewatch around, first push of a window": "timepiecewatch interval=1000000",
}
WINDOWS = 300
# The first push of a window is counted inside this function.
FIRST = {"windowend": "push_first", "library": "*firstTick*"}
# The limit of instructions of the streaming thread at the end of a window, independent of the thresholds.
WINDOW_LIMIT = 2_000

ELEMENTS = {
    "timepiecetick": f"timepiecetick {QUIET}",
    "timepiecetick, 1 alarm": alarms(1),
    "timepiecetick, 100 alarms": alarms(100),
    "timepiecetick stall-timeout=1h": f"timepiecetick {QUIET} stall-timeout=3600000000000",
    # Each in a separate process, without a reader.
    DOORS_OPEN:
        f"timepiecetick {QUIET} prometheus-port={free_port()} otlp-endpoint=http://127.0.0.1:9 otlp-spool=none",
    "timepiecewatch around": f"timepiecewatch {QUIET}",
    "timepiecewatch start ! stop":
        f"timepiecewatch {QUIET} watch=pair edge=start ! timepiecewatch {QUIET} watch=pair edge=stop",
    # Three pushes a buffer.
    "tracer, identity ! identity": "identity silent=true ! identity silent=true",
    "refclock": "refclock",
    "refstamp ! refread": "refstamp ! refread",
}

# The names of the chain functions, which identify the streaming thread.
CHAINS = ("gst_timepiece_tick_chain", "chain")


def per_step(run, steps, first, limit=None):
    """Returns instructions and allocations per step, and the instructions of each function.

    They are the difference between a run of the first steps alone and one of these and the steps.

    A function with fewer than ONCE instructions per step does one-time work, in another thread or in this one,
    whichever came first. Above the limit the element is measured again.
    """
    tries = []
    while True:
        short, long = run(first), run(first + steps)
        functions = {
            name: cost for name, total in long.by_function.items()
            if (cost := (total - short.by_function.get(name, 0)) / steps) >= ONCE}
        tries.append((sum(functions.values()), (long.allocations - short.allocations) / steps, functions))
        least = min(tries, key=lambda found: found[0])
        if limit is None or least[0] <= limit or len(tries) == TRIES:
            return least


def measure_elements(arguments, environment, limits):
    # The first run writes the registry.
    subprocess.run([arguments.program, "10"], input="", text=True, check=True, capture_output=True, env=environment)
    # The allocations of the source and the sink are not the element's.
    _, others, _ = per_step(
        lambda buffers: callgrind.profile(
            [arguments.program, str(buffers)], "none", "", environment, options=AFTER_LOADING), BUFFERS, FIRST_BUFFERS)
    for name, middle in ELEMENTS.items():
        probe = subprocess.run(
            [arguments.program, "10"], input=middle, text=True, capture_output=True, env=environment)
        if probe.returncode != 0:
            print(f"skipped: {name} (not available here)", file=sys.stderr)
            continue
        part = "libgsttimepiecereference" if name.startswith("ref") else "libgsttimepiece."
        clock = fixed_clock(arguments, environment, part)
        if name.startswith("tracer"):
            clock["GST_TRACERS"] = "timepiece(interval=0)"

        def run(buffers, middle=middle, part=part, clock=clock):
            return callgrind.profile(
                [arguments.program, str(buffers)], part, middle, clock, thread_of=CHAINS, options=AFTER_LOADING)

        # On a busy machine the threads of the exporters interrupt more calls.
        tolerance = DOORS_RATIO if name == DOORS_OPEN else TOLERANCE
        instructions, allocations, functions = per_step(
            run, BUFFERS, FIRST_BUFFERS, limits.get(name, (float("inf"), 0.0))[0] * tolerance)
        yield name, instructions, max(0.0, allocations - others), functions


def measure_window_ends(arguments, environment):
    program = os.path.join(os.path.dirname(os.path.abspath(arguments.program)), "windowend")
    for name, element in WINDOW_ENDS.items():
        instructions, _, functions = per_step(
            lambda buffers, element=element: callgrind.profile(
                [program, str(buffers), element], "libgsttimepiece.", environment=environment,
                inside=FIRST["windowend"]),
            WINDOWS, WINDOWS)
        # The reporting thread allocates at the same time.
        yield name, instructions, 0.0, functions


def fixed_clock(arguments, environment, part):
    """Makes the clock advance identically in every run, for the measured objects."""
    clock = os.path.join(os.path.dirname(os.path.abspath(arguments.program)), "fixedclock.so")
    return {**environment, "LD_PRELOAD": clock, "FIXED_CLOCK_FOR": part}


def measure_library(arguments, environment):
    environment = fixed_clock(arguments, environment, "program")
    names = subprocess.run([arguments.library], text=True, capture_output=True, check=True).stdout.splitlines()
    for name in names:

        def run(calls, name=name):
            return callgrind.profile(
                [arguments.library, name, str(calls)], "LibraryBenchmark", environment=environment,
                inside=FIRST["library"] if "first of a window" in name else None)

        yield name, *per_step(run, CALLS, FIRST_CALLS)


def read_limits(path):
    """Reads lines of `instructions allocations name`."""
    limits = {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            for line in file:
                if line.strip() and not line.startswith("#"):
                    instructions, allocations, name = line.split(maxsplit=2)
                    limits[name.strip()] = (float(instructions), float(allocations))
    return limits


def write_limits(path, counts):
    with open(path, "w", encoding="utf-8") as file:
        file.write("# Instructions and allocations a buffer or a call. Written by `make bench-thresholds`;\n")
        file.write("# `make bench-instructions` fails where one has grown by more than 3 %.\n")
        for name, (instructions, allocations) in counts.items():
            file.write(f"{instructions:10.1f} {allocations:6.2f} {name}\n")


def strip(arguments, environment):
    """Valgrind cannot read the debug information of Swift's linker, so it runs a plugin and a program without it."""
    folder = os.path.join(os.path.dirname(os.path.abspath(arguments.program)), "stripped")
    os.makedirs(folder, exist_ok=True)
    for path in (arguments.plugin, arguments.library):
        subprocess.run(
            ["strip", "--strip-debug", "-o", os.path.join(folder, os.path.basename(path)), path], check=True)
    arguments.library = os.path.join(folder, os.path.basename(arguments.library))
    environment["GST_PLUGIN_PATH"] = os.pathsep.join([folder, os.path.dirname(os.path.abspath(arguments.program))])
    environment["GST_REGISTRY"] = os.path.join(folder, "registry.bin")
    # Counts must be reproducible.
    environment["SWIFT_DETERMINISTIC_HASHING"] = "1"
    # Slices would hide allocations.
    environment["G_SLICE"] = "always-malloc"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="the built perbuffer")
    parser.add_argument("plugin", help="the built libgsttimepiece.so")
    parser.add_argument("library", help="the built LibraryBenchmark")
    parser.add_argument("thresholds", help="the file of limits")
    parser.add_argument("--update", action="store_true", help="write the limits instead of holding to them")
    parser.add_argument("--functions", action="store_true", help="show where the instructions go")
    arguments = parser.parse_args()
    environment = dict(os.environ)
    strip(arguments, environment)
    limits = read_limits(arguments.thresholds)
    counts = {}
    grown = []
    print("| | instructions | limit | allocations |")
    print("| --- | ---: | ---: | ---: |")
    for name, instructions, allocations, functions in [
            *measure_elements(arguments, environment, limits), *measure_window_ends(arguments, environment),
            *measure_library(arguments, environment)]:
        limit = limits.get(name)
        shown = f"{limit[0] * TOLERANCE:.0f}" if limit else "none"
        if name in WINDOW_ENDS:
            # These include readings of the machine's clock, so they differ by a percent and have only the fixed limit.
            shown = str(WINDOW_LIMIT)
        else:
            counts[name] = (instructions, allocations)
        print(f"| {name} | {instructions:.1f} | {shown} | {allocations:.2f} |")
        if arguments.functions:
            for function, cost in sorted(functions.items(), key=lambda item: -item[1]):
                if cost >= 0.5:
                    print(f"|   {function} | {cost:.1f} | | |")
        if limit and instructions > limit[0] * TOLERANCE:
            grown.append(f"{name}: {instructions:.1f} instructions, {limit[0]:.1f} before")
        if "first" in name and instructions > WINDOW_LIMIT:
            grown.append(f"{name}: {instructions:.1f} instructions; allowed are {WINDOW_LIMIT}")
        if limit and allocations > limit[1] + STRAY_ALLOCATIONS:
            grown.append(f"{name}: {allocations:.2f} allocations, {limit[1]:.2f} before")
    (closed, _), (opened, kept) = counts["timepiecetick"], counts[DOORS_OPEN]
    print(f"timepiecetick with the doors open: {opened / closed:.3f} times the instructions")
    # Repeated measurements differ by a percent.
    allowed = DOORS_RATIO * max(closed, limits.get("timepiecetick", (0, 0))[0])
    if opened > allowed or kept > STRAY_ALLOCATIONS:
        grown.append(f"the doors cost {opened:.1f} instructions for {closed:.1f}, and {kept:.2f} allocations")
    if arguments.update:
        write_limits(arguments.thresholds, counts)
    elif grown:
        sys.exit("more than 3 % above the thresholds, or above a limit:\n" + "\n".join(grown))
    elif not limits:
        print(f"There is no {arguments.thresholds} to hold them to; `make bench-thresholds` writes one.")


if __name__ == "__main__":
    main()
