#!/bin/bash
# Makes a sysroot of the oldest Debian that the released plugin runs on (GStreamer 1.18), to link against, and prints
# its folder: sysroot.sh [ARCHITECTURE]. It is made once and kept in ROOTS, by default .build/roots.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
architecture=${1:-$(dpkg --print-architecture)}
sysroot=${ROOTS:-$root/.build/roots}/bullseye-sysroot-$architecture
if [ ! -e "$sysroot/.complete" ]; then
  command -v mmdebstrap >/dev/null || { echo "sysroot: mmdebstrap is missing; apt-get install mmdebstrap" >&2; exit 1; }
  echo "sysroot: unpacking Debian 11 for $architecture, once" >&2
  rm -rf "$sysroot"
  mkdir -p "$(dirname "$sysroot")"
  mmdebstrap --quiet --variant=extract --architectures="$architecture" \
    --include=libgstreamer1.0-dev,libgstreamer-plugins-base1.0-dev,libc6-dev,libstdc++-10-dev,libgcc-10-dev,zlib1g-dev \
    bullseye "$sysroot" "${MIRROR:-http://deb.debian.org/debian}" >&2
  # Links that begin at / would leave the folder.
  find "$sysroot" -xdev -type l -lname '/*' | while read -r link; do
    ln -sfnr "$sysroot$(readlink "$link")" "$link"
  done
  touch "$sysroot/.complete"
fi
echo "$sysroot"
