#!/bin/bash
# Makes one file of the build products for machines without dpkg, in .build/: timepiece-VERSION-ARCHITECTURE.tar.gz. Its
# script `install` installs them into a folder and prints the variables to set.
set -euo pipefail
export LC_ALL=C
root=$(cd "$(dirname "$0")/.." && pwd)
version=$("$root/.build/tool/timepiece" --version)
architecture=${ARCH:-$(dpkg --print-architecture)}
built=portable
[ "$architecture" = "$(dpkg --print-architecture)" ] || built=portable-$architecture
name=timepiece-$version-$architecture
work=$root/.build/tarball
files=/$name/files
rm -rf "$work"
BUILT=$built DESTDIR=$work PREFIX=$files PLUGINDIR=$files/lib/gstreamer-1.0 PYTHONDIR=$files/lib/python3 \
  "$root/packaging/install.sh" install >/dev/null
install -m 755 "$root/packaging/tarball-install.sh" "$work/$name/install"
install -m 644 "$root/LICENSE" "$root/README.md" "$work/$name/"
find "$work" -type d -exec chmod 755 {} +
date=@${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || date +%s)}
tar -C "$work" --sort=name --mtime="$date" --owner=0 --group=0 --numeric-owner -c "$name" |
  gzip -9n >"$root/.build/$name.tar.gz"
echo "$root/.build/$name.tar.gz"
