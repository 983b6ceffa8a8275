#!/bin/bash
# Mistreats the plugin with something that sees errors of memory and races which a plain run survives:
#
#   abuse.sh address|thread|valgrind SEQUENCES [SEED]
#
# address: plugin and abuse are built with AddressSanitizer, in .build-asan, and the C ends what is undefined; thread: with
# ThreadSanitizer, in .build-tsan; valgrind: the built plugin as it is.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
kind=$1 sequences=$2
folder=$PWD/.build/abuse-$kind
mkdir -p "$folder"
export GST_REGISTRY=$folder/registry.bin SWIFT_BACKTRACE=enable=no
# How many seconds a sequence may wait before it counts as hung.
limit=60
options=(--sequences="$sequences")
[ -z "${3-}" ] || options+=(--seed="$3")
run=()
# shellcheck source=Tests/sanitizers/toolchain.sh
. Tests/sanitizers/toolchain.sh

# The tested program, with a sanitizer: its runtime has to be there from the start. A helper that looks at plugins would
# lack its functions.
build_abuse() {
  export GST_REGISTRY_FORK=no
  # shellcheck disable=SC2046
  "$clang" -std=gnu11 -O1 -g -Wall -Wextra -Wno-missing-field-initializers -Werror "$@" -rdynamic \
    -o "$folder/abuse" Tests/abuse/*.c $(pkg-config --cflags --libs gstreamer-1.0) -pthread -ldl
}

case $kind in
  address)
    swift build -c release --product gsttimepiece --sanitize=address --scratch-path .build-asan -Xswiftc -enable-testing \
      -Xcc -fsanitize=undefined -Xcc -fsanitize-trap=undefined
    build_abuse -fsanitize=address
    plugin=$PWD/.build-asan/release/libgsttimepiece.so
    # What leaks is for Tests/abuse/leaks.sh. Of what was freed so much is held back as leaves the abuse its bound on memory.
    export ASAN_OPTIONS=detect_leaks=0:fast_unwind_on_malloc=0:quarantine_size_mb=4:thread_local_quarantine_size_kb=64
    ;;
  thread)
    # Not optimized, as the suite under it.
    swift build --product gsttimepiece --sanitize=thread --scratch-path .build-tsan
    # Its runtime calls Swift's libdispatch.
    libraries=$(readlink -f "$(dirname "$clang")/../lib/swift/linux")
    build_abuse -fsanitize=thread -L"$libraries" -Wl,-rpath,"$libraries" -ldispatch -lBlocksRuntime
    build_tsan_locks "$folder"
    run=(env LD_PRELOAD="$folder/tsan-locks.so")
    plugin=$PWD/.build-tsan/debug/libgsttimepiece.so
    # Threads that exist when GStreamer hangs are not leaks.
    export TSAN_OPTIONS=report_thread_leaks=0
    ;;
  valgrind)
    cp .build/tests/abuse "$folder/abuse"
    plugin=$PWD/.build/release/libgsttimepiece.so
    export G_SLICE=always-malloc
    limit=300
    run=(valgrind --quiet --error-exitcode=9 --suppressions=Tests/plugin/memcheck.supp
      --suppressions=/usr/share/glib-2.0/valgrind/glib.supp)
    ;;
  *)
    echo "abuse.sh: SANITIZE is '$kind'; allowed are address, thread and valgrind" >&2
    exit 2
    ;;
esac
mkdir -p "$folder/plugins"
if [ "$kind" = valgrind ]; then
  # Valgrind does not read the debug information of this compiler.
  objcopy --strip-debug "$plugin" "$folder/plugins/libgsttimepiece.so"
else
  cp "$plugin" "$folder/plugins/"
fi
export GST_PLUGIN_PATH=$folder/plugins
"${run[@]}" "$folder/abuse" "${options[@]}" --limit=$limit >"$folder/abuse.log" 2>&1 ||
  { tail -n 100 "$folder/abuse.log" >&2; exit 1; }
echo "$(tail -n 1 "$folder/abuse.log") ($kind)"
