#!/bin/bash
# Installs the build products, or removes them: install.sh install|uninstall
# PREFIX (default /usr/local) and DESTDIR work as usual. The plugin is installed where GStreamer looks for it, whatever
# PREFIX is: PLUGINDIR, by default the folder that pkg-config reports. BUILT=portable uses the files of `make portable`.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
prefix=${PREFIX:-/usr/local}
destdir=${DESTDIR:-}
built=$root/.build/tool
if [ -n "${BUILT:-}" ]; then
  plugin=$root/.build/$BUILT/libgsttimepiece.so
  tool=$root/.build/$BUILT/timepiece
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

# The file by which pkg-config finds the header; its location determines PREFIX.
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
sed "s|@VERSION@|$("$built/timepiece" --version 2>/dev/null || echo unknown)|" \
  "$root/packaging/timepiece.pc.in" >"$made/timepiece.pc"
# The user documentation of each element, from its source.
for source in "$root"/gst/*.c; do
  ! grep -q "SECTION:element-" "$source" || "$root/packaging/element-docs.py" "$source" "$made"
done
docs=${DOCDIR:-$prefix/share/doc/timepiece}

# MODE SOURCE PLACE, separated by tabs: a folder may have a space in its name.
files() {
  local file mode
  cat <<END
644	$plugin	$plugins/libgsttimepiece.so
755	$tool	$prefix/bin/timepiece
644	$root/apps/include/timepiece-messages.h	$prefix/include/timepiece-messages.h
644	$root/apps/python/timepiece_messages.py	$python/timepiece_messages.py
644	$built/timepiece.1	$prefix/share/man/man1/timepiece.1
644	$built/timepiece.bash	$prefix/share/bash-completion/completions/timepiece
644	$built/_timepiece	$zsh/_timepiece
644	$built/timepiece.fish	$prefix/share/fish/vendor_completions.d/timepiece.fish
644	$made/timepiece.pc	$prefix/share/pkgconfig/timepiece.pc
644	$root/README.md	$docs/README.md
644	$root/CHANGELOG.md	$docs/CHANGELOG.md
END
  # The cookbook and the examples, the pages that README names, and the elements'. Files that a program made beside them
  # are kept.
  for file in "$made"/*.md; do printf '644\t%s\t%s\n' "$file" "$docs/elements/$(basename "$file")"; done
  for file in "$root"/docs/*.md; do printf '644\t%s\t%s\n' "$file" "$docs/docs/$(basename "$file")"; done
  (cd "$root" && find pipelines -type f ! -path '*/.build*' ! -name '*.pyc' | LC_ALL=C sort) | while read -r file; do
    if [ -x "$root/$file" ]; then mode=755; else mode=644; fi
    printf '%s\t%s\t%s\n' "$mode" "$root/$file" "$docs/$file"
  done
}

# Whether a file can be created or removed there, which the nearest existing folder above it decides.
writable() {
  local folder=$1
  until [ -e "$folder" ]; do folder=$(dirname "$folder"); done
  [ -w "$folder" ]
}

# Removes the empty folders above a file, up to PREFIX. Folders of the system are kept, empty or not.
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

# All files are checked before any is changed.
case ${1:-} in install | uninstall) ;; *) echo "usage: install.sh install|uninstall" >&2; exit 64 ;; esac
while IFS=$'\t' read -r mode source place; do
  if [ "$1" = install ] && [ ! -e "$source" ]; then
    echo "install: $source is not built; run 'make build tool'" >&2
    exit 1
  fi
  if { [ "$1" = install ] || [ -e "$destdir$place" ]; } && ! writable "$(dirname "$destdir$place")"; then
    echo "$1: $(dirname "$destdir$place") cannot be written; use sudo, or say PREFIX= and PLUGINDIR=" >&2
    exit 1
  fi
done < <(files)

while IFS=$'\t' read -r mode source place; do
  if [ "$1" = install ]; then
    install -D -m "$mode" "$source" "$destdir$place"
    echo "$destdir$place"
  elif [ -e "$destdir$place" ]; then
    rm -fv "$destdir$place"
    # Python leaves compiled files beside a module.
    case $place in *.py) rm -f "$destdir$python"/__pycache__/timepiece_messages.*; remove_folders "$python/__pycache__" ;; esac
    remove_folders "$(dirname "$place")"
  fi
done < <(files)
