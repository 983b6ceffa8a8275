#!/bin/bash
# Tests the readers of messages in C and Python; those in Swift are tested by swift test.
#
#   run.sh [NAME...]    all checks, or those whose names contain one of these
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=Tests/runner/checks.sh
. "$here/../runner/checks.sh"
checks_begin readers "$@"
export here

# With sanitizers; LeakSanitizer would need suppressions for what GLib keeps for life.
in_c() {
  cc -std=c11 -Wall -Wextra -Werror -fsanitize=address,undefined -I"$root/apps/include" "$here/messages.c" \
    $(pkg-config --cflags --libs gstreamer-1.0) -o "$work/messages" && ASAN_OPTIONS=detect_leaks=0 "$work/messages"
}

in_cplusplus() {
  echo '#include <timepiece-messages.h>' | c++ -x c++ -std=c++17 -Wall -Wextra -Werror -fsyntax-only \
    -I"$root/apps/include" $(pkg-config --cflags gstreamer-1.0) -
}

check "the C header reads every message, and refuses each that lacks a field" in_c
check "the C header is for C++, too" in_cplusplus
check "the Python module reads every message, and refuses each that lacks a field" "$python" "$here/test_messages.py"
checks_end
