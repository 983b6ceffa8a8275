#!/bin/bash
# Builds and runs the applications of this folder: what they show has to work.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
export GST_PLUGIN_PATH=${GST_PLUGIN_PATH:-$root/.build/release}
build=$root/.build/apps
mkdir -p "$build"
passed=0

# expect STATUS PATTERN COMMAND...: the command ends so and says that.
expect() {
  local status=0 want=$1 pattern=$2 output
  shift 2
  output=$(timeout 60 "$@" 2>&1 </dev/null) || status=$?
  if [ "$status" != "$want" ] || ! grep -qE "$pattern" <<<"$output"; then
    echo "apps: $1 ended with $status instead of $want, or said no '$pattern':" >&2
    echo "$output" >&2
    exit 1
  fi
  passed=$((passed + 1))
}

cc -std=c11 -Wall -Wextra -Werror -I"$root/apps/include" "$root/pipelines/apps/stall-guard.c" \
  $(pkg-config --cflags --libs gstreamer-1.0) -o "$build/stall-guard"
expect 0 'live: [0-9]+ buffers, 2[89]\.|live: [0-9]+ buffers, 3[01]\.' "$build/stall-guard" \
  "videotestsrc is-live=true num-buffers=60 ! timepiecetick label=live ! fakesink"
# A valve that closes is a camera that hangs.
expect 3 'cam: no buffer for' "$build/stall-guard" \
  "videotestsrc is-live=true num-buffers=15 ! tee name=t ! queue ! valve drop=true ! timepiecetick label=cam stall-timeout=500000000 stall-on-start=true ! fakesink async=false t. ! queue ! fakesink async=false"
expect 64 'no element "nosuchelement"' "$build/stall-guard" "nosuchelement ! fakesink"

expect 0 'live: p99 .* of 33.33 ms' "$root/pipelines/apps/budget.py" \
  "videotestsrc is-live=true num-buffers=60 ! timepiecetick label=live ! fakesink"
expect 0 'sleepy: p99 .* of 33.33 ms LATE' "$root/pipelines/apps/budget.py" \
  "videotestsrc num-buffers=20 ! identity sleep-time=60000 ! timepiecetick label=sleepy ! fakesink"

swift build -q --package-path "$root/pipelines/apps/swift" --scratch-path "$build/swift" 2>&1 |
  { grep -v "prohibited flag" || true; }
expect 0 'made: [0-9]+ buffers a second, .* times real time' "$build/swift/debug/headroom" \
  "videotestsrc num-buffers=300 ! timepiecetick label=made ! fakesink"

echo "apps: $passed passed, 0 failed"
