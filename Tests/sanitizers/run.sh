#!/bin/bash
# Runs the tests under a sanitizer, with what it has to know of the libraries that are not built for it.
#
#   run.sh thread|address [arguments for swift test]
#   run.sh thread|address build                          builds only
#
# The builds are kept in .build-tsan and .build-asan.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
# shellcheck source=Tests/sanitizers/toolchain.sh
. Tests/sanitizers/toolchain.sh
sanitizer=${1-}
[ $# -gt 0 ] && shift
# A crash is to end the run, not to wait in the backtracer.
export SWIFT_BACKTRACE=enable=no
build=(--sanitize="$sanitizer")
only_build=
if [ "${1-}" = build ]; then
  only_build=yes
  shift
fi
# The factor by which tests with a timing extend it.
export TIMEPIECE_SLOWNESS=5

case $sanitizer in
  thread)
    # Not optimized: the library's arrays inlined, it would miss that their reference counts order accesses.
    scratch=.build-tsan
    swift build --build-tests "${build[@]}" --scratch-path $scratch
    build_tsan_locks $scratch
    export LD_PRELOAD=$PWD/$scratch/tsan-locks.so
    ;;
  address)
    # Optimized, like the shipped build; it takes a third of the time. Undefined behavior in C also ends the run.
    scratch=.build-asan
    build+=(-c release -Xswiftc -enable-testing -Xcc -fsanitize=undefined -Xcc -fsanitize-trap=undefined)
    swift build --build-tests "${build[@]}" --scratch-path $scratch
    export ASAN_OPTIONS=fast_unwind_on_malloc=0 LSAN_OPTIONS=suppressions=$here/../lsan.supp:print_suppressions=0
    ;;
  *)
    echo "run.sh: the sanitizer is '$sanitizer'; allowed are thread and address" >&2
    exit 2
    ;;
esac
[ -z "$only_build" ] || exit 0
# One after the other: tests with servers of their own have deadlines, which all at the same time would miss.
run() { swift test --skip-build --disable-xctest --no-parallel "${build[@]}" --scratch-path $scratch "$@"; }
if [ "$sanitizer" = address ] || [ $# -gt 0 ]; then
  run "$@"
  exit
fi
# ThreadSanitizer looks for deadlocks among 64 locks of a thread at most, and hangs beyond that; one of these tests alone,
# by --filter, needs the same option in the environment.
run --skip ManyWatchesTests
TSAN_OPTIONS=detect_deadlocks=0 run --filter ManyWatchesTests
