#!/bin/bash
# The readers of messages in C and Python; Swift's are tested by swift test.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
export GST_PLUGIN_PATH=${GST_PLUGIN_PATH:-$root/.build/release}
mkdir -p "$root/.build/readers"
cc -std=c11 -Wall -Wextra -Werror -fsanitize=address,undefined -I"$root/apps/include" "$root/Tests/readers/messages.c" \
  $(pkg-config --cflags --libs gstreamer-1.0) -o "$root/.build/readers/messages"
# LeakSanitizer needs suppressions for what GLib keeps for life.
ASAN_OPTIONS=detect_leaks=0 "$root/.build/readers/messages"
# The header is for C++ too.
echo '#include <timepiece-messages.h>' | c++ -x c++ -std=c++17 -Wall -Wextra -Werror -fsyntax-only \
  -I"$root/apps/include" $(pkg-config --cflags gstreamer-1.0) -
${PYTHON:-/usr/bin/python3} "$root/Tests/readers/test_messages.py"
