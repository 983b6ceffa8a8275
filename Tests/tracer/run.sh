#!/bin/bash
# Holds what the tracer says of real pipelines against an observer, and tries what it may do wrong.
#
#   run.sh [CASE...]    all, or the cases of truth.c of these names
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
export GST_PLUGIN_PATH=${GST_PLUGIN_PATH:-$root/.build/release}
mkdir -p "$root/.build/tracer"
cc -std=gnu11 -O1 -Wall -Wextra -Wno-unused-parameter -I"$root/apps/include" "$root/Tests/tracer/truth.c" \
  -o "$root/.build/tracer/truth" $(pkg-config --cflags --libs gstreamer-app-1.0 gstreamer-1.0)
GST_TRACERS=timepiece "$root/.build/tracer/truth" "$@"
[ $# -eq 0 ] || exit 0

fail() {
  echo "tracer: NOT SO: $*" >&2
  exit 1
}
launch() { gst-launch-1.0 -q videotestsrc num-buffers=10 ! fakesink; }
# A mistake is one line that names it, and the program ends as without.
for wrong in 'intervall=1s intervall' 'interval=1x 1x' 'interval=1us 1us' 'record record' 'record=/nonexistent/x /nonexistent/x' \
  'elements=zzz* zzz' 'max-unread-messages=-1 -1' 'socket=/nonexistent/x /nonexistent/x' 'connect=/nonexistent/x /nonexistent/x'; do
  said=$(GST_TRACERS="timepiece(${wrong% *})" launch 2>&1) || fail "$wrong: the program fails"
  [ "$(wc -l <<<"$said")" = 1 ] || fail "$wrong: not one line: $said"
  grep -qF -- "${wrong##* }" <<<"$said" || fail "$wrong: not named: $said"
done
# A recording can be read to its end.
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
echo "tracer: mistakes and recordings are as they should be"
