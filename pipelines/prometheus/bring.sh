#!/bin/bash
# Prints the folder that has prometheus and promtool: where they are installed, or .build, to which Debian's package is
# brought without installing it, so that no service is started.
set -eu
cd "$(dirname "$0")/../.."
if installed=$(command -v promtool) && command -v prometheus >/dev/null; then
  dirname "$installed"
  exit
fi
folder=$PWD/.build/prometheus
if [ ! -x "$folder/usr/bin/promtool" ]; then
  rm -rf "$folder"
  mkdir -p "$folder"
  cd "$folder"
  apt-get download -q prometheus >download.log 2>&1 || {
    cat download.log >&2
    echo "Debian's package prometheus cannot be had; any prometheus and promtool from 2.40 on, in PATH, will do" >&2
    exit 1
  }
  dpkg-deb -x prometheus_*.deb .
fi
echo "$folder/usr/bin"
