#!/bin/bash
# Tests the released plugin in Debian roots with other versions of GStreamer: run.sh RELEASE...
# Each line has the release, its versions, and the passed tests.
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
architecture=${ARCH:-$(dpkg --print-architecture)}
built=$project/.build/portable
[ "$architecture" = "$(dpkg --print-architecture)" ] || built=$built-$architecture
plugin=${PLUGIN:-$built/libgsttimepiece.so}
sequences=${ABUSE_SEQUENCES:-2000}
failed=0
passed=0
[ $# -gt 0 ] || { echo "usage: run.sh RELEASE..." >&2; exit 64; }
for file in "$plugin" "$built/abuse" "$built/spans"; do
  [ -e "$file" ] || { echo "matrix: $file is missing; run 'make matrix'" >&2; exit 1; }
done
for release in "$@"; do
  there=$("$project/Tests/matrix/root.sh" "$release" "$architecture")
  rm -rf "$there/timepiece"
  mkdir -p "$there/timepiece/plugin"
  cp "$plugin" "$there/timepiece/plugin/"
  cp "$project/README.md" "$project/Tests/matrix/inside.py" "$there/timepiece/"
  cp "$built/abuse" "$built/spans" "$there/timepiece/"
  cp -r "$project/Tests" "$project/pipelines" "$project/apps" "$there/timepiece/"
  # Threads and clocks are read from /proc, and semaphores are in /dev/shm, which older versions of glibc require to be
  # a tmpfs; a namespace removes the mounts with its last process.
  if unshare --mount --pid --fork --kill-child chroot "$there" env -i HOME=/root PATH=/usr/bin:/bin LC_ALL=C.UTF-8 \
    GST_PLUGIN_PATH=/timepiece/plugin GST_REGISTRY=/timepiece/registry.bin ABUSE_SEQUENCES="$sequences" \
    EMULATED="$([ "$architecture" = "$(dpkg --print-architecture)" ] || echo yes)" \
    sh -c 'mount -t proc proc /proc && mount -t tmpfs tmpfs /dev/shm && exec python3 /timepiece/inside.py "$0"' "$release $architecture"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
done
echo "matrix: $passed passed, $failed failed"
[ "$failed" = 0 ]
