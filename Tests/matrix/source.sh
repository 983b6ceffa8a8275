#!/bin/bash
# Builds the plugin from source in another Debian, with this machine's Swift, and runs the plugin's checks there:
# source.sh [RELEASE...], by default trixie. Requires root, for chroot.
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
swift=$(dirname "$(dirname "$(readlink -f "$(command -v "${SWIFTC:-swiftc}")")")")
packages=$(make -s -C "$project" print-packages)
[ "$(id -u)" = 0 ] || { echo "matrix: making a Debian root needs root" >&2; exit 1; }
[ $# -gt 0 ] || set -- trixie
for release in "$@"; do
  there=${ROOTS:-$project/.build/roots}/source-$release
  if [ "$(cat "$there/.complete" 2>/dev/null)" != "$packages" ]; then
    command -v mmdebstrap >/dev/null || { echo "matrix: mmdebstrap is missing; apt-get install mmdebstrap" >&2; exit 1; }
    echo "matrix: making a root of Debian $release to build in, once" >&2
    rm -rf "$there"
    mkdir -p "$(dirname "$there")"
    # Swift's own packages need these, too.
    mmdebstrap --quiet --variant=minbase --include="make,git,ca-certificates,libncurses6,libedit2,libxml2,${packages// /,}" \
      --aptopt='Acquire::Check-Valid-Until "false"' --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/doc/*' \
      "$release" "$there" "${MIRROR:-http://deb.debian.org/debian}" >&2
    echo "$packages" >"$there/.complete"
  fi
  mkdir -p "$there/timepiece" "$there$swift"
  # The sources as they are here; earlier build products are kept.
  (cd "$project" && git ls-files -z --cached --others --exclude-standard | xargs -0 tar -c --ignore-failed-read) |
    tar -x -C "$there/timepiece"
  # The namespace removes the mounts with its last process.
  unshare --mount --pid --fork --kill-child bash -c 'mount --bind "$1" "$2$1" && exec chroot "$2" env -i HOME=/root \
    PATH="$1/bin:/usr/bin:/bin" LC_ALL=C.UTF-8 sh -c "mount -t proc proc /proc && mkdir -p /dev/pts && mount -t devpts -o newinstance,ptmxmode=0666 devpts /dev/pts && \
      mount --bind /dev/pts/ptmx /dev/ptmx && cd /timepiece && \
      make build && make .build/tests/abuse && GST_PLUGIN_PATH=/timepiece/.build/release Tests/plugin/run.sh"' \
    - "$swift" "$there"
  echo "matrix: the plugin builds from source on $release and passes its checks"
done
