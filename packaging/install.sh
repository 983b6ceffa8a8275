#!/bin/bash
# Puts what was built where it belongs, or takes it away: install.sh install|uninstall
# PREFIX (default /usr/local) and DESTDIR as usual. The plugin goes where GStreamer looks, whatever PREFIX is:
# PLUGINDIR, by default what pkg-config says.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
prefix=${PREFIX:-/usr/local}
plugins=${PLUGINDIR:-$(pkg-config --variable=pluginsdir gstreamer-1.0)}
python=${PYTHONDIR:-$prefix/lib/python3/dist-packages}
built=$root/.build/tool

# MODE SOURCE PLACE
files() {
  cat <<END
644 $root/.build/release/libgsttimepiece.so $plugins/libgsttimepiece.so
755 $built/timepiece $prefix/bin/timepiece
644 $root/apps/include/timepiece-messages.h $prefix/include/timepiece-messages.h
644 $root/apps/python/timepiece_messages.py $python/timepiece_messages.py
644 $built/timepiece.1 $prefix/share/man/man1/timepiece.1
644 $built/timepiece.bash $prefix/share/bash-completion/completions/timepiece
644 $built/_timepiece $prefix/share/zsh/vendor-completions/_timepiece
644 $built/timepiece.fish $prefix/share/fish/vendor_completions.d/timepiece.fish
END
}

case ${1:-} in
  install)
    while read -r mode source place; do
      [ -e "$source" ] || { echo "install: $source is not built; run 'make build tool'" >&2; exit 1; }
      install -D -m "$mode" "$source" "${DESTDIR:-}$place"
      echo "${DESTDIR:-}$place"
    done < <(files) ;;
  uninstall)
    while read -r mode source place; do
      rm -fv "${DESTDIR:-}$place"
    done < <(files) ;;
  *)
    echo "usage: install.sh install|uninstall" >&2
    exit 64 ;;
esac
