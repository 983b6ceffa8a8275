#!/usr/bin/python3
"""Tests the tracer's lines, and the program, with readers that misbehave, or readers of another user.

The other user is `nobody`, so the test needs root, or sudo without a password.
"""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

TOOL = os.environ.get("TIMEPIECE_TOOL")
LIVE = ("gst-launch-1.0 -q videotestsrc is-live=true num-buffers=100 ! video/x-raw,width=64,height=48,framerate=100/1 ! "
        "queue ! fakesink").split()
AS_ROOT = [] if os.geteuid() == 0 else ["sudo", "-n"]
AS_NOBODY = [*AS_ROOT, "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
failed = []


def check(right, sentence):
    if not right:
        failed.append(sentence)
        print(f"readers: NOT SO: {sentence}", file=sys.stderr)


def start(parameters, words=LIVE):
    return subprocess.Popen(
        words, env=os.environ | {"GST_TRACERS": f"timepiece({parameters})"}, stderr=subprocess.PIPE, text=True)


def end(process, sentence):
    """Waits for the program, which must succeed; returns its warnings."""
    try:
        _, said = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        check(False, f"{sentence}: the program ends")
        return ""
    check(process.returncode == 0, f"{sentence}: status {process.returncode}: {said}")
    return said


def connect(path, most=10):
    until = time.monotonic() + most
    while time.monotonic() < until:
        client = socket.socket(socket.AF_UNIX)
        try:
            client.connect(path)
            return client
        except OSError:
            client.close()
            time.sleep(0.02)
    return None


def lines_of(client):
    client.settimeout(20)
    text = b""
    while chunk := client.recv(1 << 16):
        text += chunk
    return [json.loads(line) for line in text.splitlines()]


def the_same_user_reads(folder):
    process = start(f"interval=100ms,socket={folder}/a")
    client = connect(f"{folder}/a")
    lines = lines_of(client)
    check(end(process, "a reader") == "", "a reader leaves no complaint")
    check(lines[0].get("timepiece") == "recording", "the first line is the header")
    check(any(line.get("message") == "timepiece-pipeline" for line in lines), "windows come")
    check(not os.path.exists(f"{folder}/a"), "the socket's name goes with the process")


def who_does_not_read_or_goes(folder):
    process = start(f"interval=1ms,socket={folder}/b")
    idle = [connect(f"{folder}/b") for _ in range(3)]
    for _ in range(3):
        connect(f"{folder}/b").close()
    check(end(process, "readers that do not read") == "", "readers that do not read leave no complaint")
    for client in idle:
        client.close()


def in_use(folder):
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(f"{folder}/c")
        other.listen()
        said = end(start(f"socket={folder}/c"), "a socket in use")
        check(said.count("\n") == 1 and f"{folder}/c" in said, f"a socket in use is one line that names it: {said}")
    # A socket that a process left behind is reused.
    process = start(f"socket={folder}/c")
    client = connect(f"{folder}/c")
    check(client is not None, "a socket that was left behind is taken over")
    check(end(process, "a socket left behind") == "", "a socket left behind is no complaint")


def files(folder):
    os.mkfifo(f"{folder}/pipe")
    said = end(start(f"record={folder}/pipe"), "a pipe without a reader")
    check(said.count("\n") == 1 and "pipe" in said, f"a pipe without a reader is one line: {said}")
    said = end(start("record=/dev/full,interval=100ms"), "a full disk")
    check(said.count("\n") == 1 and "/dev/full" in said, f"a full disk is one line: {said}")


def other_users(folder):
    """Neither user may read the other's lines."""
    os.chmod(folder, 0o711)
    process = start(f"interval=50ms,socket={folder}/d")
    client = connect(f"{folder}/d")
    client.close()
    check(os.stat(f"{folder}/d").st_mode & 0o777 == 0o600, "only the user may use the socket")
    os.chmod(f"{folder}/d", 0o777)
    reader = subprocess.run(
        [*AS_NOBODY, "/usr/bin/python3", "-c",
         f"import socket; s = socket.socket(socket.AF_UNIX); s.settimeout(5); s.connect('{folder}/d'); print(len(s.recv(1)))"],
        capture_output=True, text=True, check=False)
    check(reader.stdout.strip() == "0", f"another user gets nothing: {reader.stdout}{reader.stderr}")
    end(process, "another user")
    public = f"{folder}/public"
    os.mkdir(public)
    os.chmod(public, 0o777)
    listener = subprocess.Popen(
        [*AS_NOBODY, "/usr/bin/python3", "-c", f"""
import os, socket
s = socket.socket(socket.AF_UNIX); s.bind('{public}/e'); os.chmod('{public}/e', 0o777); s.listen(); print('ready', flush=True)
c, _ = s.accept(); print(len(c.recv(1)), flush=True)
c, _ = s.accept(); print(len(c.recv(1)), flush=True)
"""], stdout=subprocess.PIPE, text=True)
    listener.stdout.readline()
    said = end(start(f"connect={public}/e"), "another user's socket")
    check(said.count("\n") == 1 and f"{public}/e" in said and "another user" in said,
          f"another user's socket is one line that names it: {said}")
    check(listener.stdout.readline().strip() == "0", "another user's socket gets nothing")
    if TOOL:
        # attach searches the folder of this user's sockets.
        runtime = pathlib.Path(folder, "runtime", "timepiece")
        runtime.mkdir(parents=True, mode=0o700)
        os.symlink(f"{public}/e", runtime / "4242.sock")
        done = subprocess.run([TOOL, "attach", "4242"], env=os.environ | {"XDG_RUNTIME_DIR": str(runtime.parent)},
                              capture_output=True, text=True, timeout=30, check=False)
        check(done.returncode != 0 and "another user" in done.stderr, f"attach refuses another user's socket: {done.stderr}")
    listener.kill()
    listener.wait()


def main():
    for case in (the_same_user_reads, who_does_not_read_or_goes, in_use, files, other_users):
        folder = tempfile.mkdtemp(prefix="timepiece-readers-")
        try:
            case(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"readers: {len(failed)} not so")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
