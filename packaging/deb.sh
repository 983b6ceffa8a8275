#!/bin/bash
# Makes Debian packages of the build products, into .build/, and checks them with lintian: the plugin with tool and
# header, and a separate package of the Python module, so that a device does not need Python.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
version=$("$root/.build/tool/timepiece" --version)
export LC_ALL=C
architecture=${ARCH:-$(dpkg --print-architecture)}
built=portable
[ "$architecture" = "$(dpkg --print-architecture)" ] || built=portable-$architecture
case $architecture in arm64) machine=aarch64 ;; *) machine=x86_64 ;; esac
work=$root/.build/deb
main=$work/gstreamer1.0-timepiece
module=$work/python3-timepiece
# The maintainer comes from the environment, as with Debian's tools; without it the package has no address.
maintainer="${DEBFULLNAME:-The Timepiece authors} <${DEBEMAIL:-noreply@timepiece.invalid}>"
# The date is that of the last commit, for reproducible packages.
date=$(git -C "$root" log -1 --format=%aD 2>/dev/null || date -R)
for tool in dpkg-deb lintian readelf; do
  command -v $tool >/dev/null || { echo "deb: $tool is missing; apt-get install dpkg-dev lintian binutils" >&2; exit 1; }
done
rm -rf "$work"
mkdir -p "$module/usr/lib"

BUILT=$built DESTDIR=$main PREFIX=/usr PLUGINDIR=/usr/lib/$machine-linux-gnu/gstreamer-1.0 \
  DOCDIR=/usr/share/doc/gstreamer1.0-timepiece "$root/packaging/install.sh" install >/dev/null
ln -s pipelines "$main/usr/share/doc/gstreamer1.0-timepiece/examples"
mv "$main/usr/lib/python3" "$module/usr/lib/"
plugin=$(echo "$main"/usr/lib/*/gstreamer-1.0/libgsttimepiece.so)
gzip -9n "$main/usr/share/man/man1/timepiece.1"

# The packages that the two binaries need. They are linked against Debian 11's libraries, and the names must be valid
# from there to Debian 13 and Ubuntu 24.04, where some end in t64; so they are not derived from this machine but listed
# here, and each linked library must be among them.
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
  # The times of the files are set, too, and the number of threads is fixed: the blocks of the file depend on it.
  find "$stage" -exec touch -h -d "$date" {} +
  SOURCE_DATE_EPOCH=$(date -d "$date" +%s) dpkg-deb --threads-max=1 --root-owner-group --build "$stage" "$deb" >/dev/null
  lintian --fail-on error,warning "$deb" 2>&1 | { grep -v "running with root privileges" || true; }
  echo "$deb"
done
