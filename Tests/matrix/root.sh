#!/bin/bash
# Makes a Debian root with GStreamer and without Swift for tests of the released plugin, once, and prints its folder:
# root.sh RELEASE [ARCHITECTURE]; `experimental` is sid with the next GStreamer. The root is kept in ROOTS, by default
# .build/roots. Requires root, for chroot.
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
release=$1
architecture=${2:-$(dpkg --print-architecture)}
there=${ROOTS:-$project/.build/roots}/$release-$architecture
packages=gstreamer1.0-tools,gstreamer1.0-plugins-base,gstreamer1.0-plugins-good,gstreamer1.0-plugins-bad
packages=$packages,gstreamer1.0-plugins-ugly,gstreamer1.0-libav,gstreamer1.0-x,python3-gst-1.0
# The libraries that publishing needs, by their tools, since the names of the libraries differ; and the tools that
# inspect the plugin.
packages=$packages,curl,openssl,sqlite3,libmicrohttpd-dev,binutils
if [ "$(cat "$there/.complete" 2>/dev/null)" != "$packages" ]; then
  command -v mmdebstrap >/dev/null || { echo "matrix: mmdebstrap is missing; apt-get install mmdebstrap" >&2; exit 1; }
  [ "$(id -u)" = 0 ] || { echo "matrix: making a Debian root needs root" >&2; exit 1; }
  "$project/packaging/arm64/emulate.sh" "$architecture"
  echo "matrix: making a root of Debian $release for $architecture, once" >&2
  rm -rf "$there"
  mkdir -p "$(dirname "$there")"
  mirror=${MIRROR:-http://deb.debian.org/debian}
  suite=$release sources=("$mirror") options=()
  if [ "$release" = experimental ]; then
    # The root is sid with the GStreamer packages of experimental, and no other packages of it.
    suite=sid sources=("deb $mirror sid main" "deb $mirror experimental main")
    # shellcheck disable=SC2016
    options=(--setup-hook='printf "Package: libgst* gstreamer1.0-* gir1.2-gst* python3-gst-1.0\nPin: release a=experimental\nPin-Priority: 990\n" >"$1/etc/apt/preferences.d/gstreamer"')
  fi
  # The signature of a release in preparation may have expired.
  mmdebstrap --quiet --variant=minbase --architectures="$architecture" --include="$packages" "${options[@]}" \
    --aptopt='Acquire::Check-Valid-Until "false"' --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/doc/*' \
    "$suite" "$there" "${sources[@]}" >&2
  echo "$packages" >"$there/.complete"
fi
echo "$there"
