#!/bin/bash
# Links the compiled objects again, against Debian 11's libraries, into .build/portable/, so that one file works with
# every GStreamer from 1.18 and every glibc from 2.31 on: portable.sh plugin|tool|tests
# Fails if the result requires newer versions. ARCH=arm64 links the objects of arm64/build.sh, into
# .build/portable-arm64/.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
most_glibc=2.31
most_glibcxx=3.4.28
own=$(dpkg --print-architecture)
architecture=${ARCH:-$own}
case $architecture in
  amd64) machine=x86_64 ;;
  arm64) machine=aarch64 ;;
  *) echo "portable: ARCH is amd64 or arm64, not $architecture" >&2; exit 64 ;;
esac
swift=$(dirname "$(dirname "$(readlink -f "$(command -v "${SWIFTC:-swiftc}")")")")
sysroot=$("$root/packaging/sysroot.sh" "$architecture")
libraries=$sysroot/usr/lib/$machine-linux-gnu
if [ "$architecture" = "$own" ]; then
  suffix=
  static=$swift/lib/swift_static/linux
  objects=$root/.build/release
else
  suffix=-$architecture
  static=$("$root/packaging/arm64/build.sh" --libraries)/linux
  objects=$root/.build$suffix/release
fi
out=$root/.build/portable$suffix
mkdir -p "$out"
# The folders in which pkg-config finds the sysroot's libraries.
export PKG_CONFIG_LIBDIR=$libraries/pkgconfig:$sysroot/usr/share/pkgconfig PKG_CONFIG_SYSROOT_DIR=$sysroot
clang=("$swift/bin/clang" "--target=$machine-linux-gnu" "--sysroot=$sysroot")
runtime=("-L$libraries" "-L$static" -lgstvideo-1.0 -lgstbase-1.0 -lgstreamer-1.0 -lgobject-2.0 -lglib-2.0 -lz
  -lswift_Concurrency -lswift_StringProcessing -lswift_RegexParser -lswiftSynchronization -lswiftGlibc -lswiftCore
  -ldispatch -lBlocksRuntime -lstdc++ -lm -ldl -lpthread)
# shellcheck disable=SC2054
# The result must not depend on the folder or the build: no path, no hash of a path.
linking=(-fuse-ld=lld -Wl,--build-id=none -Wl,--exclude-libs,ALL -Wl,--gc-sections -Wl,--as-needed -Wl,-z,defs -Wl,-z,relro -Wl,-z,now)

# The C sources must compile with the oldest headers as well.
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
  [ -e "$objects" ] || { echo "portable: $objects is missing; run 'make portable'" >&2; exit 1; }
  "${clang[@]}" -c -O2 -Wall -Wextra -Werror -fPIC -ffunction-sections "$root/packaging/portable.c" -o "$out/portable.o"
  "${clang[@]}" "${linking[@]}" -o "$file" "$static/$machine/swiftrt.o" "@$objects" "$out/portable.o" "$@" \
    "${runtime[@]}"
  "$swift/bin/llvm-objcopy" --strip-unneeded --remove-section=.swift_modhash "$file"
}

# newest FILE PREFIX: the highest version of a library that a file requires.
newest() { "$swift/bin/llvm-objdump" -T "$1" | grep -oE "\($2_[0-9.]+" | sed 's/.*_//' | sort -V | tail -1; }
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
  if grep -aqF "$root" "$1"; then
    echo "portable: $1 contains the path of the folder it was built in: $(strings -a "$1" | grep -F -m1 "$root")" >&2
    exit 1
  fi
  echo "portable: .build/portable$suffix/$(basename "$1"), $(du -h "$1" | cut -f1), GLIBC $glibc, GLIBCXX ${glibcxx:-none}"
}

case ${1:-} in
  plugin)
    check_sources
    link "$out/libgsttimepiece.so" "$objects/gsttimepiece.product/Objects.LinkFileList" -shared \
      -Wl,--version-script="$root/gst/libgsttimepiece.map" -Wl,-soname,libgsttimepiece.so
    check "$out/libgsttimepiece.so"
    ;;
  tool)
    # Swift's own Foundation has three libraries; its replacement in arm64/ is one.
    foundation=()
    [ ! -e "$static/lib_FoundationCShims.a" ] || foundation=(-l_FoundationCollections -l_FoundationCShims)
    link "$out/timepiece" "$objects/timepiece.product/Objects.LinkFileList" -pie \
      -Wl,--defsym=main=TimepieceTool_main \
      -lFoundationEssentials "${foundation[@]}"
    check "$out/timepiece"
    ;;
  tests)
    # shellcheck disable=SC2046
    "${clang[@]}" -fuse-ld=lld -std=gnu11 -O1 -g -rdynamic -o "$out/abuse" "$root"/Tests/abuse/*.c \
      $(pkg-config --cflags --libs gstreamer-1.0) -pthread -ldl
    # shellcheck disable=SC2046
    "${clang[@]}" -fuse-ld=lld -std=gnu11 -O1 -g -o "$out/spans" "$root/Tests/matrix/spans.c" \
      $(pkg-config --cflags --libs gstreamer-1.0)
    ;;
  *)
    echo "usage: portable.sh plugin|tool|tests" >&2
    exit 64
    ;;
esac
