"""Counts instructions and allocations of one step of a program, by the difference of two runs under callgrind.

One-time costs of a program cancel out when a short run is subtracted from a longer one; the rest is the steps between.
"""

import glob
import os
import re
import subprocess
import tempfile

# Pushing a buffer belongs to the pipeline, not to the element; reading the clock belongs to the machine; and a
# program's start calls all of the program.
PASSING = ("gst_pad_push", "gst_pad_push_list", "gst_pad_pull_range", "clock_gettime", "__libc_start_main")
ALLOCATING = ("malloc", "calloc", "realloc", "memalign", "posix_memalign", "aligned_alloc")


class Profile:
    """The counts of one thread: instructions in an object and in its callees, and all calls of allocators."""

    def __init__(self, path, object_name):
        self.instructions = 0
        self.allocations = 0
        self.by_function = {}
        self._names = {}
        self._read(path, object_name)

    def _name(self, kind, text):
        """Resolves callgrind's abbreviations: `(3) name` at the first use, `(3)` after it."""
        match = re.match(r"\((\d+)\)(?: (.*))?$", text)
        if not match:
            return text
        if match[2]:
            self._names[kind, match[1]] = match[2]
        return self._names.get((kind, match[1]), "")

    def _read(self, path, object_name):
        inside = called = function = None
        called_inside = calls = None
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                key, _, value = line.rstrip("\n").partition("=")
                if key == "ob":
                    inside = object_name in self._name("ob", value)
                elif key == "fn":
                    function = self._name("fn", value)
                elif key == "cob":
                    called_inside = object_name in self._name("ob", value)
                elif key == "cfn":
                    called = self._name("fn", value)
                elif key == "calls":
                    calls = int(value.split()[0])
                elif line[0] in "+-*0123456789":
                    cost = int(line.split()[-1])
                    if calls is None:
                        if inside:
                            self._add(function, cost)
                        continue
                    # Without a cob line the callee is in the caller's object.
                    stays = inside if called_inside is None else called_inside
                    if inside and not stays and not called.split("'")[0].startswith(PASSING):
                        self._add(called, cost)
                    # A call without a cost was made where nothing was collected.
                    if called.split("@")[0] in ALLOCATING and cost > 0:
                        self.allocations += calls
                    calls = called_inside = None

    def _add(self, function, cost):
        self.instructions += cost
        self.by_function[function] = self.by_function.get(function, 0) + cost


def profile(command, object_name, text=None, environment=None, inside=None, thread_of=(), options=()):
    """Runs a program; counts all of it, or what happens between calling and leaving the function `inside`.

    Returns the counts of the thread in which the object took most: the streaming thread, or the program's only one.
    One-time work of the others would be part of only one run of the two. If others start with more than all buffers
    take, `thread_of` has the prefixes of the names of functions that only the streaming thread calls.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "callgrind.out")
        # The same addresses in every run: the behavior of allocators and hash tables depends on them.
        result = subprocess.run(
            ["setarch", "-R", "valgrind", "--tool=callgrind", "--separate-threads=yes", f"--callgrind-out-file={path}",
             *([f"--toggle-collect={inside}"] if inside else []), *options, *command],
            input=text, text=True, capture_output=True, env=environment)
        if result.returncode != 0:
            raise SystemExit(f"{' '.join(command)}: {result.stderr.strip()}")
        threads = [Profile(name, object_name) for name in glob.glob(f"{path}-*")]
        return max(
            threads, key=lambda thread: (
                any(function.startswith(thread_of) for function in thread.by_function),
                thread.instructions, thread.allocations))
