#!/bin/bash
# Puts what was built where it belongs, or takes it away: install.sh install|uninstall
# PREFIX (default /usr/local) and DESTDIR as usual. The plugin goes where GStreamer looks, whatever PREFIX is:
# PLUGINDIR, by default what pkg-config says. BUILT=portable takes the files that `make portable` linked.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
prefix=${PREFIX:-/usr/local}
destdir=${DESTDIR:-}
built=$root/.build/tool
if [ "${BUILT:-}" = portable ]; then
  plugin=$root/.build/portable/libgsttimepiece.so
  tool=$root/.build/portable/timepiece
else
  plugin=$root/.build/release/libgsttimepiece.so
  tool=$built/timepiece
fi
plugins=${PLUGINDIR:-$(pkg-config --variable=pluginsdir gstreamer-1.0)} ||
  { echo "install: pkg-config does not know gstreamer-1.0; 'make setup' installs it, or say PLUGINDIR=" >&2; exit 1; }

# Debian's Python and zsh look elsewhere in /usr/local than in /usr, which is for packages.
if [ "$prefix" = /usr ]; then
  python=${PYTHONDIR:-/usr/lib/python3/dist-packages}
  zsh=/usr/share/zsh/vendor-completions
else
  version=$("${PYTHON:-/usr/bin/python3}" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || true)
  python=${PYTHONDIR:-$prefix/lib/python${version:-3}/dist-packages}
  zsh=$prefix/share/zsh/site-functions
fi

# MODE SOURCE PLACE
files() {
  cat <<END
644 $plugin $plugins/libgsttimepiece.so
755 $tool $prefix/bin/timepiece
644 $root/apps/include/timepiece-messages.h $prefix/include/timepiece-messages.h
644 $root/apps/python/timepiece_messages.py $python/timepiece_messages.py
644 $built/timepiece.1 $prefix/share/man/man1/timepiece.1
644 $built/timepiece.bash $prefix/share/bash-completion/completions/timepiece
644 $built/_timepiece $zsh/_timepiece
644 $built/timepiece.fish $prefix/share/fish/vendor_completions.d/timepiece.fish
END
}

# Whether a file can be made or removed there: in the nearest folder above it that exists.
writable() {
  local folder=$1
  until [ -e "$folder" ]; do folder=$(dirname "$folder"); done
  [ -w "$folder" ]
}

# Takes away the folders above a file that hold nothing more, up to PREFIX. What is the system's own stays, empty or not.
remove_folders() {
  local folder=$1
  while [ "$folder" != / ]; do
    if [ -z "$destdir" ]; then
      case $folder in
        "$prefix" | /usr/bin | /usr/include | /usr/lib | /usr/lib/*-linux-gnu* | /usr/lib/python* | /usr/share | \
          /usr/share/man | /usr/share/man/man1 | /usr/local/bin | /usr/local/include | /usr/local/lib | \
          /usr/local/lib/python* | /usr/local/share | /usr/local/share/man | /usr/local/share/man/man1) return ;;
      esac
    fi
    rmdir "$destdir$folder" 2>/dev/null || return 0
    folder=$(dirname "$folder")
  done
}

# Nothing is done by halves.
case ${1:-} in install | uninstall) ;; *) echo "usage: install.sh install|uninstall" >&2; exit 64 ;; esac
while read -r mode source place; do
  if [ "$1" = install ] && [ ! -e "$source" ]; then
    echo "install: $source is not built; run 'make build tool'" >&2
    exit 1
  fi
  if { [ "$1" = install ] || [ -e "$destdir$place" ]; } && ! writable "$(dirname "$destdir$place")"; then
    echo "$1: $(dirname "$destdir$place") cannot be written; use sudo, or say PREFIX= and PLUGINDIR=" >&2
    exit 1
  fi
done < <(files)

while read -r mode source place; do
  if [ "$1" = install ]; then
    install -D -m "$mode" "$source" "$destdir$place"
    echo "$destdir$place"
  elif [ -e "$destdir$place" ]; then
    rm -fv "$destdir$place"
    # Python leaves what it compiled beside a module.
    case $place in *.py) rm -f "$destdir$python"/__pycache__/timepiece_messages.*; remove_folders "$python/__pycache__" ;; esac
    remove_folders "$(dirname "$place")"
  fi
done < <(files)
