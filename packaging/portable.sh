#!/bin/bash
# Links what was compiled once more, against Debian 11's libraries, into .build/portable/, so that one file is good for
# every GStreamer from 1.18 and every glibc from 2.31 on: portable.sh plugin|tool|abuse
# Fails if the result asks for more than these have.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
most_glibc=2.31
most_glibcxx=3.4.28
out=$root/.build/portable
swift=$(dirname "$(dirname "$(readlink -f "$(command -v "${SWIFTC:-swiftc}")")")")
static=$swift/lib/swift_static/linux
sysroot=$("$root/packaging/sysroot.sh")
libraries=$(echo "$sysroot"/usr/lib/*-linux-gnu)
mkdir -p "$out"
# Where pkg-config finds what the sysroot has.
export PKG_CONFIG_LIBDIR=$libraries/pkgconfig:$sysroot/usr/share/pkgconfig PKG_CONFIG_SYSROOT_DIR=$sysroot
clang=("$swift/bin/clang" --sysroot="$sysroot")
runtime=("-L$libraries" "-L$static" -lgstvideo-1.0 -lgstbase-1.0 -lgstreamer-1.0 -lgobject-2.0 -lglib-2.0 -lz
  -lswift_Concurrency -lswift_StringProcessing -lswift_RegexParser -lswiftSynchronization -lswiftGlibc -lswiftCore
  -ldispatch -lBlocksRuntime -lstdc++ -lm -ldl -lpthread)
# shellcheck disable=SC2054
linking=(-fuse-ld=lld -Wl,--exclude-libs,ALL -Wl,--gc-sections -Wl,--as-needed -Wl,-z,defs -Wl,-z,relro -Wl,-z,now)

# The sources in C must be good for the oldest headers as well.
check_sources() {
  local source
  for source in "$root"/gst/*.c; do
    # shellcheck disable=SC2046
    "${clang[@]}" -fsyntax-only -O2 -Wall -Wextra -Werror $(pkg-config --cflags gstreamer-video-1.0) \
      -I"$root/Sources/CTimepiece/include" -I"$root/gst/include" -DPACKAGE='"timepiece"' -DTIMEPIECE_VERSION='""' \
      -DTIMEPIECE_GSTREAMER_MINOR=18 -DGLIB_VERSION_MIN_REQUIRED=GLIB_VERSION_2_66 \
      -DGLIB_VERSION_MAX_ALLOWED=GLIB_VERSION_2_66 "$source"
  done
}

# link FILE OBJECTS ARGUMENT...: with Swift's runtime inside.
link() {
  local file=$1 objects=$2
  shift 2
  [ -e "$objects" ] || { echo "portable: $objects is missing; run 'make build tool'" >&2; exit 1; }
  "${clang[@]}" -c -O2 -fPIC "$root/packaging/portable.c" -o "$out/portable.o"
  "${clang[@]}" "${linking[@]}" -o "$file" "$static/$(uname -m)/swiftrt.o" "@$objects" "$out/portable.o" "$@" \
    "${runtime[@]}"
  strip --strip-unneeded "$file"
}

# newest FILE PREFIX: the highest version of a library that a file asks for.
newest() { objdump -T "$1" | grep -oE "\($2_[0-9.]+" | sed 's/.*_//' | sort -V | tail -1; }
# within VERSION MOST
within() { [ "$(printf '%s\n' "$1" "$2" | sort -V | tail -1)" = "$2" ]; }
check() {
  local glibc glibcxx
  glibc=$(newest "$1" GLIBC)
  glibcxx=$(newest "$1" GLIBCXX)
  if ! within "$glibc" "$most_glibc" || ! within "${glibcxx:-0}" "$most_glibcxx"; then
    echo "portable: $1 asks for GLIBC $glibc and GLIBCXX $glibcxx; allowed are $most_glibc and $most_glibcxx" >&2
    exit 1
  fi
  echo "portable: .build/portable/$(basename "$1"), $(du -h "$1" | cut -f1), GLIBC $glibc, GLIBCXX ${glibcxx:-none}"
}

case ${1:-} in
  plugin)
    check_sources
    link "$out/libgsttimepiece.so" "$root/.build/release/gsttimepiece.product/Objects.LinkFileList" -shared \
      -Wl,--version-script="$root/gst/libgsttimepiece.map" -Wl,-soname,libgsttimepiece.so
    check "$out/libgsttimepiece.so"
    ;;
  tool)
    link "$out/timepiece" "$root/.build-tool/release/timepiece.product/Objects.LinkFileList" -pie \
      -Wl,--defsym=main=TimepieceTool_main \
      -lFoundationEssentials -l_FoundationCollections -l_FoundationCShims
    check "$out/timepiece"
    ;;
  abuse)
    # shellcheck disable=SC2046
    "${clang[@]}" -fuse-ld=lld -std=gnu11 -O1 -g -rdynamic -o "$out/abuse" "$root"/Tests/abuse/*.c \
      $(pkg-config --cflags --libs gstreamer-1.0) -pthread -ldl
    ;;
  *)
    echo "usage: portable.sh plugin|tool|abuse" >&2
    exit 64
    ;;
esac
