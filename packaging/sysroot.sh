#!/bin/bash
# Makes a sysroot of the oldest Debian that the released plugin runs on (GStreamer 1.18), to compile for and to link
# against, and prints its folder: sysroot.sh [ARCHITECTURE]. It is made once and kept in ROOTS, by default .build/roots.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
architecture=${1:-$(dpkg --print-architecture)}
sysroot=${ROOTS:-$root/.build/roots}/bullseye-sysroot-$architecture
packages=libgstreamer1.0-dev,libgstreamer-plugins-base1.0-dev,libc6-dev,libstdc++-10-dev,libgcc-10-dev,zlib1g-dev
# Builds for this machine's architecture use its own headers; builds for another one use these.
[ "$architecture" = "$(dpkg --print-architecture)" ] || packages=$packages,libssl-dev,libsqlite3-dev
if [ "$(cat "$sysroot/.complete" 2>/dev/null)" != "$packages" ]; then
  command -v mmdebstrap >/dev/null || { echo "sysroot: mmdebstrap is missing; apt-get install mmdebstrap" >&2; exit 1; }
  echo "sysroot: unpacking Debian 11 for $architecture, once" >&2
  rm -rf "$sysroot"
  mkdir -p "$(dirname "$sysroot")"
  mmdebstrap --quiet --variant=extract --architectures="$architecture" --include="$packages" \
    bullseye "$sysroot" "${MIRROR:-http://deb.debian.org/debian}" >&2
  # Absolute symbolic links would leave the folder.
  find "$sysroot" -xdev -type l -lname '/*' | while read -r link; do
    ln -sfnr "$sysroot$(readlink "$link")" "$link"
  done
  echo "$packages" >"$sysroot/.complete"
fi
echo "$sysroot"
