#!/bin/sh
# Installs Timepiece into a folder, by default ~/.local, or removes it: install [--remove] [FOLDER]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
action=install
if [ "${1:-}" = --remove ]; then
  action=remove
  shift
fi
case ${1:-} in
  -*) echo "usage: install [--remove] [FOLDER]" >&2; exit 64 ;;
  '') [ -n "${HOME:-}" ] || { echo "install: say a folder" >&2; exit 64; }; folder=$HOME/.local ;;
  *) folder=$1 ;;
esac
if [ "$action" = install ]; then
  mkdir -p "$folder"
  folder=$(cd "$folder" && pwd)
  cp -R "$here/files/." "$folder/"
  echo "Timepiece is in $folder. For GStreamer, the shell and Python to find it, set"
  echo "export GST_PLUGIN_PATH=\"$folder/lib/gstreamer-1.0\${GST_PLUGIN_PATH:+:\$GST_PLUGIN_PATH}\""
  echo "export PATH=\"$folder/bin:\$PATH\""
  echo "export PYTHONPATH=\"$folder/lib/python3\${PYTHONPATH:+:\$PYTHONPATH}\""
  exit
fi
# Other files are kept, and so are folders that are not empty.
(cd "$here/files" && find . -type f) | while read -r file; do rm -f "$folder/$file"; done
rm -f "$folder"/lib/python3/__pycache__/timepiece_messages.*
rmdir "$folder/lib/python3/__pycache__" 2>/dev/null || true
(cd "$here/files" && find . -depth -type d) | while read -r part; do
  [ "$part" = . ] || rmdir "$folder/$part" 2>/dev/null || true
done
