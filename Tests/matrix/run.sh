#!/bin/bash
# Tries the released plugin in Debian roots of other versions of GStreamer: run.sh [RELEASE ...], by default all.
# Each line says the release, its versions, and what passed.
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
plugin=${PLUGIN:-$project/.build/portable/libgsttimepiece.so}
architecture=${ARCH:-$(dpkg --print-architecture)}
sequences=${ABUSE_SEQUENCES:-2000}
failed=0
passed=0
[ $# -gt 0 ] || set -- bullseye bookworm trixie sid
[ -e "$plugin" ] || { echo "matrix: $plugin is missing; run 'make portable'" >&2; exit 1; }
for release in "$@"; do
  there=$("$project/Tests/matrix/root.sh" "$release" "$architecture")
  rm -rf "$there/timepiece"
  mkdir -p "$there/timepiece/plugin"
  cp "$plugin" "$there/timepiece/plugin/"
  cp "$project/README.md" "$project/Tests/matrix/inside.py" "$there/timepiece/"
  [ ! -x "$project/.build/portable/abuse" ] || cp "$project/.build/portable/abuse" "$there/timepiece/"
  # Threads and clocks are read from /proc; a namespace takes the mount away with the last process.
  if unshare --mount --pid --fork --kill-child chroot "$there" env -i HOME=/root PATH=/usr/bin:/bin LC_ALL=C.UTF-8 \
    GST_PLUGIN_PATH=/timepiece/plugin GST_REGISTRY=/timepiece/registry.bin ABUSE_SEQUENCES="$sequences" \
    sh -c 'mount -t proc proc /proc && exec python3 /timepiece/inside.py "$0"' "$release $architecture"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
done
echo "matrix: $passed passed, $failed failed"
[ "$failed" = 0 ]
