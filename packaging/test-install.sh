#!/bin/bash
# Installs into a folder, uses the installed files, and removes them: nothing may be left.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
# must NAME COMMAND...: the command must succeed.
must() {
  local name=$1
  shift
  "$@" >"$work/output" 2>&1 || { echo "install: not so: $name" >&2; cat "$work/output" >&2; exit 1; }
  passed=$((passed + 1))
}

# The way of a package: DESTDIR, with all files in the folders of PREFIX.
export DESTDIR=$work/stage PREFIX=/opt/timepiece
unset PLUGINDIR PYTHONDIR
"$root/packaging/install.sh" install >"$work/installed"
must "each file is told" test "$(sort "$work/installed")" = "$(find "$DESTDIR" -type f | sort)"
plugins=$DESTDIR$(pkg-config --variable=pluginsdir gstreamer-1.0)
must "GStreamer finds the plugin" env GST_PLUGIN_PATH="$plugins" GST_REGISTRY="$work/registry" \
  gst-inspect-1.0 timepiecewatch
must "the tool runs" "$DESTDIR$PREFIX/bin/timepiece" --version
echo '#include <timepiece-messages.h>' >"$work/reader.c"
must "C finds the header" cc -fsyntax-only -I"$DESTDIR$PREFIX/include" $(pkg-config --cflags gstreamer-1.0) "$work/reader.c"
must "Python finds the module" env PYTHONPATH="$(dirname "$(find "$DESTDIR" -name timepiece_messages.py)")" \
  "${PYTHON:-/usr/bin/python3}" -c 'import timepiece_messages'
man --warnings -l "$DESTDIR$PREFIX/share/man/man1/timepiece.1" >"$work/man" 2>"$work/warnings"
must "the manual page has no mistake" diff /dev/null "$work/warnings"
must "the manual page lists the exit codes" grep -q "EXIT STATUS" "$work/man"
completions=$(bash -c 'source "$1"; COMP_WORDS=(timepiece re); COMP_CWORD=1; _timepiece timepiece re timepiece; echo "${COMPREPLY[@]}"' \
  - "$DESTDIR$PREFIX/share/bash-completion/completions/timepiece")
must "bash completes commands" test "$completions" = "record report"
"$root/packaging/install.sh" uninstall >/dev/null
must "nothing is left" test -z "$(find "$DESTDIR" -mindepth 1)"

# The way of a user: into the home, including the plugin; existing files are kept.
unset DESTDIR
export PREFIX=$work/home/.local PLUGINDIR=$work/home/.local/lib/gstreamer-1.0
mkdir -p "$PREFIX/bin"
touch "$PREFIX/bin/other"
find "$PREFIX" | sort >"$work/before"
"$root/packaging/install.sh" install >/dev/null
"$root/packaging/install.sh" uninstall >/dev/null
"$root/packaging/install.sh" uninstall >/dev/null
must "what was there before is there" diff "$work/before" <(find "$PREFIX" | sort)
echo "install: $passed passed, 0 failed"
