#!/bin/bash
# For scripts that source it in the project's folder: Swift's own clang, whose sanitizers and libFuzzer are those of the
# compiler.
clang=${CLANG:-$(dirname "$(readlink -f "$(command -v swiftc)")")/clang}

# Makes FOLDER/tsan-locks.so, to be loaded before what runs under ThreadSanitizer: build_tsan_locks FOLDER
build_tsan_locks() {
  # shellcheck disable=SC2046
  "$clang" -shared -fPIC -O1 -Wall -Wextra -o "$1/tsan-locks.so" Tests/sanitizers/tsan-locks.c \
    $(pkg-config --cflags glib-2.0)
}
