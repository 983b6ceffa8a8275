#!/bin/bash
# Makes a Debian root with GStreamer and no Swift to try the released plugin in, once, and prints its folder:
# root.sh RELEASE [ARCHITECTURE]. Kept in ROOTS, by default .build/roots. Wants root, for chroot.
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
release=$1
architecture=${2:-$(dpkg --print-architecture)}
there=${ROOTS:-$project/.build/roots}/$release-$architecture
packages=gstreamer1.0-tools,gstreamer1.0-plugins-base,gstreamer1.0-plugins-good,gstreamer1.0-plugins-bad
packages=$packages,gstreamer1.0-plugins-ugly,gstreamer1.0-libav,gstreamer1.0-x,python3-gst-1.0
if [ ! -e "$there/.complete" ]; then
  command -v mmdebstrap >/dev/null || { echo "matrix: mmdebstrap is missing; apt-get install mmdebstrap" >&2; exit 1; }
  [ "$(id -u)" = 0 ] || { echo "matrix: making a Debian root needs root" >&2; exit 1; }
  echo "matrix: making a root of Debian $release for $architecture, once" >&2
  rm -rf "$there"
  mkdir -p "$(dirname "$there")"
  # A release under way may be signed past its date.
  mmdebstrap --quiet --variant=minbase --architectures="$architecture" --include="$packages" \
    --aptopt='Acquire::Check-Valid-Until "false"' --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/doc/*' \
    "$release" "$there" "${MIRROR:-http://deb.debian.org/debian}" >&2
  touch "$there/.complete"
fi
echo "$there"
