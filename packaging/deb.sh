#!/bin/bash
# Makes Debian packages of what is built, into .build/, and lets lintian look at them: the plugin with tool and header,
# and the Python module by itself, so that a device does not need Python.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
version=$("$root/.build/tool/timepiece" --version)
architecture=$(dpkg --print-architecture)
work=$root/.build/deb
main=$work/gstreamer1.0-timepiece
module=$work/python3-timepiece
# Who builds packages for others says who that is, as Debian's tools do; of ourselves there is no address to write to.
maintainer="${DEBFULLNAME:-The Timepiece authors} <${DEBEMAIL:-noreply@timepiece.invalid}>"
# Reproducible: the date is the last change's.
date=$(git -C "$root" log -1 --format=%aD 2>/dev/null || date -R)
for tool in dpkg-shlibdeps lintian strip; do
  command -v $tool >/dev/null || { echo "deb: $tool is missing; apt-get install dpkg-dev lintian binutils" >&2; exit 1; }
done
rm -rf "$work"
mkdir -p "$work/debian" "$module/usr/lib"

DESTDIR=$main PREFIX=/usr "$root/packaging/install.sh" install >/dev/null
mv "$main/usr/lib/python3" "$module/usr/lib/"
plugin=$(echo "$main"/usr/lib/*/gstreamer-1.0/libgsttimepiece.so)
strip --strip-unneeded "$plugin"
gzip -9n "$main/usr/share/man/man1/timepiece.1"

# What the two binaries need, found as debhelper finds it.
touch "$work/debian/control"
depends=$(cd "$work" && dpkg-shlibdeps -O "$main/usr/bin/timepiece" "$plugin" 2>/dev/null | sed 's/^shlibs:Depends=//')

for package in gstreamer1.0-timepiece python3-timepiece; do
  stage=$work/$package
  control=$root/packaging/$package.control
  docs=$stage/usr/share/doc/$package
  mkdir -p "$stage/DEBIAN" "$docs"
  install -m 644 "$root/packaging/copyright" "$docs/copyright"
  printf 'timepiece (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md of the source.\n\n -- %s  %s\n' \
    "$version" "$maintainer" "$date" | gzip -9n >"$docs/changelog.gz"
  sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@MAINTAINER@/$maintainer/" -e "s/@DEPENDS@/$depends/" \
    -e "s/@SIZE@/$(du -sk "$stage" | cut -f1)/" "$control" >"$stage/DEBIAN/control"
  (cd "$stage" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$stage/DEBIAN/md5sums"
  find "$stage" -type d -exec chmod 755 {} +
  deb=$root/.build/${package}_${version}_$(sed -n 's/^Architecture: //p' "$stage/DEBIAN/control").deb
  SOURCE_DATE_EPOCH=$(date -d "$date" +%s) dpkg-deb --root-owner-group --build "$stage" "$deb" >/dev/null
  lintian --fail-on error,warning "$deb" 2>&1 | { grep -v "running with root privileges" || true; }
  echo "$deb"
done
