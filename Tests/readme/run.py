#!/usr/bin/python3
"""Runs every example of the README in shell, Python and C, and looks for every Swift example in Snippets/.

A README that shows what does not run is worse than none.
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def blocks(language):
    text = (ROOT / "README.md").read_text()
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def commands(folder):
    """The command that runs each example; files go into a folder."""
    for block in blocks("sh"):
        yield block, ["bash", "-euo", "pipefail", "-c", block]
    for block in blocks("python"):
        yield block, [sys.executable, "-c", f"import sys; sys.path.insert(0, 'apps/python')\n{block}"]
    for number, block in enumerate(blocks("c")):
        source = pathlib.Path(folder) / f"{number}.c"
        source.write_text(block)
        yield block, ["bash", "-euo", "pipefail", "-c",
                      f"cc -Wall -Werror -Iapps/include -o {source}.run {source} "
                      f"$(pkg-config --cflags --libs gstreamer-1.0) && {source}.run"]


def main():
    passed = failed = 0
    folder = tempfile.TemporaryDirectory()
    for block, command in commands(folder.name):
        start = time.monotonic()
        result = subprocess.run(command, cwd=ROOT, timeout=120,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if result.returncode == 0:
            passed += 1
            print(f"readme: {block.splitlines()[0][:60]}, {time.monotonic() - start:.1f} s", flush=True)
        else:
            failed += 1
            print(f"README: this example ends with {result.returncode}:\n{block}\n{result.stdout[-2000:]}")
    snippets = "\n".join(path.read_text() for path in sorted((ROOT / "Snippets").rglob("*.swift")))
    for block in blocks("swift"):
        if block.strip() in snippets:
            passed += 1
        else:
            failed += 1
            print(f"README: this Swift example stands in no snippet:\n{block}")
    print(f"readme: {passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
