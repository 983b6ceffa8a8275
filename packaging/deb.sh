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
# The maintainer comes from the environment, as with Debian's tools; without it there is no address to write to.
maintainer="${DEBFULLNAME:-The Timepiece authors} <${DEBEMAIL:-noreply@timepiece.invalid}>"
# Reproducible: the date is the last change's.
date=$(git -C "$root" log -1 --format=%aD 2>/dev/null || date -R)
for tool in dpkg-deb lintian readelf; do
  command -v $tool >/dev/null || { echo "deb: $tool is missing; apt-get install dpkg-dev lintian binutils" >&2; exit 1; }
done
rm -rf "$work"
mkdir -p "$module/usr/lib"

BUILT=portable DESTDIR=$main PREFIX=/usr "$root/packaging/install.sh" install >/dev/null
mv "$main/usr/lib/python3" "$module/usr/lib/"
plugin=$(echo "$main"/usr/lib/*/gstreamer-1.0/libgsttimepiece.so)
gzip -9n "$main/usr/share/man/man1/timepiece.1"

# What the two binaries need. They are linked against Debian 11's libraries, and the names have to be good from there to
# Debian 13 and Ubuntu 24.04, where some end in t64; so they are not found on this machine but stand here, and each
# library that is linked must be among them.
declare -A package_of=(
  [libc.so.6]='libc6 (>= 2.29)' [libm.so.6]='' [libdl.so.2]='' [libpthread.so.0]='' [ld-linux-x86-64.so.2]=''
  [ld-linux-aarch64.so.1]='' [libgcc_s.so.1]='libgcc-s1 (>= 3.0)' [libstdc++.so.6]='libstdc++6 (>= 5.2)'
  [libz.so.1]='zlib1g (>= 1:1.2.0)' [libglib-2.0.so.0]='libglib2.0-0t64 (>= 2.66) | libglib2.0-0 (>= 2.66)'
  [libgobject-2.0.so.0]='' [libgstreamer-1.0.so.0]='libgstreamer1.0-0 (>= 1.18.0)' [libgstbase-1.0.so.0]=''
  [libgstvideo-1.0.so.0]='libgstreamer-plugins-base1.0-0 (>= 1.18.0)')
depends=$(
  for library in $(readelf -d "$main/usr/bin/timepiece" "$plugin" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u); do
    [ -n "${package_of[$library]+known}" ] || { echo "deb: no package is known for $library" >&2; exit 1; }
    [ -z "${package_of[$library]}" ] || echo "${package_of[$library]}"
  done | sort -u | paste -sd, | sed 's/,/, /g'
)
[ -n "$depends" ]

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
