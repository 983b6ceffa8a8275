#!/bin/bash
# Compares the tracer's reports on real pipelines with an observer, and tests its behavior after mistakes.
#
#   run.sh [CASE...]    all, or the cases of truth.c and variants.c of these names
#   run.sh behavior     reports of mistakes and unchanged behavior, without the cases, which need a quiet machine
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
export GST_PLUGIN_PATH=${GST_PLUGIN_PATH:-$root/.build/release}
if [ "${1-}" != behavior ]; then
  mkdir -p "$root/.build/tracer"
  # shellcheck disable=SC2046
  cc -std=gnu11 -O1 -Wall -Wextra -Wno-unused-parameter -I"$root/apps/include" "$root"/Tests/tracer/{truth,observer,variants}.c \
    -o "$root/.build/tracer/truth" $(pkg-config --cflags --libs gstreamer-app-1.0 gstreamer-1.0)
  GST_TRACERS=timepiece "$root/.build/tracer/truth" "$@"
  [ $# -eq 0 ] || exit 0
fi

fail() {
  echo "tracer: NOT SO: $*" >&2
  exit 1
}
launch() { gst-launch-1.0 -q videotestsrc num-buffers=10 ! fakesink; }
# A mistake is one line that names it, and the program ends as it does without the tracer.
for wrong in 'intervall=1s intervall' 'interval=1x 1x' 'interval=1us 1us' 'record record' 'record=/nonexistent/x /nonexistent/x' \
  'elements=zzz* zzz' 'prometheus=65536 65536' 'prometheus=:80 :80' 'prometheus=nowhere:9180 nowhere' 'otlp=h:4318 otlp:' 'otlp= otlp' 'max-unread-messages=-1 -1' 'socket=/nonexistent/x /nonexistent/x' 'connect=/nonexistent/x /nonexistent/x'; do
  said=$(GST_TRACERS="timepiece(${wrong% *})" launch 2>&1) || fail "$wrong: the program fails"
  [ "$(wc -l <<<"$said")" = 1 ] || fail "$wrong: not one line: $said"
  grep -qF -- "${wrong##* }" <<<"$said" || fail "$wrong: not named: $said"
done
# A recording is readable to its end.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
GST_TRACERS="timepiece(record=$folder/run.jsonl,interval=100ms)" launch
python3 - "$folder/run.jsonl" <<'END' || fail "the recording"
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
assert lines[0]["timepiece"] == "recording" and lines[-1] == {**lines[-1], "event": "end", "reason": "eos"}, lines
rows = [row for line in lines if line.get("message") == "timepiece-pipeline" for row in line["fields"]["elements"]]
assert sum(row["fields"]["num-buffers"] for row in rows if row["fields"]["factory"] == "fakesink") == 10, rows
END
# No object of GStreamer is left at the end.
for text in 'videotestsrc num-buffers=20 ! tee name=t t. ! queue ! fakesink t. ! multiqueue ! fakesink' \
  'compositor name=c ! fakesink videotestsrc num-buffers=20 ! c. videotestsrc num-buffers=20 ! queue ! c.'; do
  # shellcheck disable=SC2086
  GST_TRACERS="leaks;timepiece(interval=10ms)" GST_DEBUG=GST_TRACER:7 gst-launch-1.0 -q $text >"$folder/leaks" 2>&1 ||
    fail "with the leaks tracer: $(cat "$folder/leaks")"
  ! grep -E 'TRACE .*object-alive, |CRITICAL' "$folder/leaks" || fail "something leaks in $text"
done
python=${PYTHON:-/usr/bin/python3}
"$python" "$root/Tests/tracer/same.py"
GST_TRACERS="timepiece(interval=20ms)" "$python" "$root/Tests/tracer/thousand.py"
[ ! -x "$root/.build/tool/timepiece" ] || export TIMEPIECE_TOOL="$root/.build/tool/timepiece"
"$python" "$root/Tests/tracer/readers.py"
# A pipeline whose handler does not return does not delay another.
GST_TRACERS="timepiece(interval=20ms)" "$python" "$root/Tests/tracer/neighbors.py" || fail "a slow handler beside another pipeline"
echo "tracer: mistakes, recordings and neighbors are as they should be"
