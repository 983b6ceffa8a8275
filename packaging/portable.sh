#!/bin/bash
# Links what `make build` compiled once more, against Debian 11's libraries, into .build/portable/: one plugin for every
# GStreamer from 1.18 on and every glibc from 2.31 on. Fails if the plugin asks for more than these have.
# With "abuse": the abuse test, linked in the same way.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
most_glibc=2.31
most_glibcxx=3.4.28
built=$root/.build/release
out=$root/.build/portable
swift=$(dirname "$(dirname "$(readlink -f "$(command -v "${SWIFTC:-swiftc}")")")")
machine=$(uname -m)
sysroot=$("$root/packaging/sysroot.sh")
libraries=$(echo "$sysroot"/usr/lib/*-linux-gnu)
mkdir -p "$out"
# Where pkg-config finds what the sysroot has.
export PKG_CONFIG_LIBDIR=$libraries/pkgconfig:$sysroot/usr/share/pkgconfig PKG_CONFIG_SYSROOT_DIR=$sysroot
clang=("$swift/bin/clang" --sysroot="$sysroot")

if [ "${1:-}" = abuse ]; then
  # shellcheck disable=SC2046
  "${clang[@]}" -fuse-ld=lld -std=gnu11 -O1 -g -rdynamic -o "$out/abuse" "$root"/Tests/abuse/*.c \
    $(pkg-config --cflags --libs gstreamer-1.0) -pthread -ldl
  exit
fi

# The sources must be good for the oldest headers as well.
cflags=$(pkg-config --cflags gstreamer-video-1.0)
for source in "$root"/gst/*.c; do
  # shellcheck disable=SC2086
  "${clang[@]}" -fsyntax-only -O2 -Wall -Wextra -Werror $cflags \
    -I"$root/Sources/CTimepiece/include" -I"$root/gst/include" -DPACKAGE='"timepiece"' -DTIMEPIECE_VERSION='""' \
    -DTIMEPIECE_GSTREAMER_MINOR=18 -DGLIB_VERSION_MIN_REQUIRED=GLIB_VERSION_2_66 \
    -DGLIB_VERSION_MAX_ALLOWED=GLIB_VERSION_2_66 "$source"
done

"${clang[@]}" -c -O2 -fPIC "$root/packaging/portable.c" -o "$out/portable.o"
"${clang[@]}" -fuse-ld=lld -shared -o "$out/libgsttimepiece.so" \
  "$swift/lib/swift_static/linux/$machine/swiftrt.o" "@$built/gsttimepiece.product/Objects.LinkFileList" \
  "$out/portable.o" -L"$libraries" -lgstvideo-1.0 -lgstbase-1.0 -lgstreamer-1.0 -lgobject-2.0 -lglib-2.0 -lz \
  -L"$swift/lib/swift_static/linux" -lswift_Concurrency -lswift_StringProcessing -lswift_RegexParser \
  -lswiftSynchronization -lswiftGlibc -lswiftCore -ldispatch -lBlocksRuntime -lstdc++ -lm -ldl -lpthread \
  -Wl,--version-script="$root/gst/libgsttimepiece.map" -Wl,-soname,libgsttimepiece.so -Wl,--exclude-libs,ALL \
  -Wl,--gc-sections -Wl,--as-needed -Wl,-z,defs -Wl,-z,relro -Wl,-z,now
strip --strip-unneeded "$out/libgsttimepiece.so"

# newest PREFIX: the highest version of a library that the plugin asks for.
newest() { objdump -T "$out/libgsttimepiece.so" | grep -oE "\($1_[0-9.]+" | sed 's/.*_//' | sort -V | tail -1; }
# within NEEDED MOST
within() { [ "$(printf '%s\n' "$1" "$2" | sort -V | tail -1)" = "$2" ]; }
glibc=$(newest GLIBC)
glibcxx=$(newest GLIBCXX)
within "$glibc" "$most_glibc" && within "$glibcxx" "$most_glibcxx" || {
  echo "portable: the plugin asks for GLIBC $glibc and GLIBCXX $glibcxx; allowed are $most_glibc and $most_glibcxx" >&2
  exit 1
}
echo "portable: .build/portable/libgsttimepiece.so, $(du -h "$out/libgsttimepiece.so" | cut -f1), GLIBC $glibc, GLIBCXX $glibcxx"
