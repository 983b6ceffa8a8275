#!/bin/bash
# Makes a Debian package of what is built, into .build/, and lets lintian look at it.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
version=$("$root/.build/tool/timepiece" --version)
architecture=$(dpkg --print-architecture)
work=$root/.build/deb
stage=$work/gstreamer1.0-timepiece
rm -rf "$work"
mkdir -p "$stage/DEBIAN" "$work/debian"

DESTDIR=$stage PREFIX=/usr "$root/packaging/install.sh" install >/dev/null
strip --strip-unneeded "$stage"/usr/lib/*/gstreamer-1.0/libgsttimepiece.so
chmod 644 "$stage"/usr/lib/*/gstreamer-1.0/libgsttimepiece.so
gzip -9n "$stage/usr/share/man/man1/timepiece.1"

docs=$stage/usr/share/doc/gstreamer1.0-timepiece
mkdir -p "$docs" "$stage/usr/share/lintian/overrides"
install -m 644 "$root/packaging/copyright" "$docs/copyright"
install -m 644 "$root/packaging/lintian-overrides" "$stage/usr/share/lintian/overrides/gstreamer1.0-timepiece"
# Reproducible: the date is the last change's.
date=$(git -C "$root" log -1 --format=%aD 2>/dev/null || date -R)
printf 'timepiece (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md of the source.\n\n -- %s  %s\n' \
  "$version" "$(sed -n 's/^Maintainer: //p' "$root/packaging/control")" "$date" |
  gzip -9n >"$docs/changelog.gz"

# What the two binaries need, found as debhelper finds it.
touch "$work/debian/control"
depends=$(cd "$work" && dpkg-shlibdeps -O "$stage/usr/bin/timepiece" \
  "$stage"/usr/lib/*/gstreamer-1.0/libgsttimepiece.so 2>/dev/null | sed 's/^shlibs:Depends=//')
sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@DEPENDS@/$depends/" \
  -e "s/@SIZE@/$(du -sk "$stage" | cut -f1)/" "$root/packaging/control" >"$stage/DEBIAN/control"
(cd "$stage" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$stage/DEBIAN/md5sums"
find "$stage" -type d -exec chmod 755 {} +

deb=$root/.build/gstreamer1.0-timepiece_${version}_$architecture.deb
SOURCE_DATE_EPOCH=$(date -d "$date" +%s) dpkg-deb --root-owner-group --build "$stage" "$deb" >/dev/null
lintian --fail-on error,warning "$deb"
echo "$deb"
