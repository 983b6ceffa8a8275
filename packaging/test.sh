#!/bin/bash
# Installs the package in a Debian of its own, without Swift, and uses it there: test.sh [DEB]
# Needs root for debootstrap; elsewhere it unpacks the package and runs it in place.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
deb=${1:-$(ls -t "$root"/.build/gstreamer1.0-timepiece_*.deb | head -1)}
checks=$(cat <<'END'
set -e
command -v swift && { echo "there is Swift here"; exit 1; }
gst-inspect-1.0 timepiecetick | grep -q "Klass .*Filter/Analyzer/Debug"
gst-launch-1.0 -m videotestsrc num-buffers=60 ! timepiecetick ! fakesink | grep -q "timepiece-tick"
timepiece record -o /tmp/r.jsonl -- videotestsrc num-buffers=300 ! timepiecetick ! fakesink
timepiece report /tmp/r.jsonl && grep -q "</html>" /tmp/r.html
timepiece --version
test -s /usr/share/man/man1/timepiece.1.gz -o ! -d /usr/share/man/man1
END
)
if [ "$(id -u)" = 0 ] && command -v debootstrap >/dev/null; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  mirror=$({ cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null || true; } |
    awk '$1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ /^https?:/) { print $i; exit } }
      $1 == "URIs:" { print $2; exit }')
  debootstrap --variant=minbase "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$work/root" "$mirror" >"$work/log" 2>&1 ||
    { tail -5 "$work/log" >&2; exit 1; }
  # Swift reads the words of a command from /proc.
  mount -t proc proc "$work/root/proc"
  trap 'umount "$work/root/proc"; rm -rf "$work"' EXIT
  # The root reaches the archive as this machine does.
  cp -rL /etc/apt/sources.list* /etc/apt/apt.conf.d "$work/root/etc/apt/" 2>/dev/null || true
  cp "$deb" "$work/root/tmp/"
  inside() { chroot "$work/root" env DEBIAN_FRONTEND=noninteractive LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"; }
  inside apt-get update -q >"$work/log" 2>&1
  inside apt-get install -q -y --no-install-recommends "/tmp/$(basename "$deb")" gstreamer1.0-tools >"$work/log" 2>&1 ||
    { tail -20 "$work/log" >&2; exit 1; }
  inside bash -c "$checks"
  inside apt-get remove -q -y gstreamer1.0-timepiece >"$work/log" 2>&1
  if inside gst-inspect-1.0 timepiecetick >/dev/null 2>&1; then echo "it is still there" >&2; exit 1; fi
else
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  dpkg-deb -x "$deb" "$work"
  export GST_PLUGIN_PATH=$(dirname "$work"/usr/lib/*/gstreamer-1.0/libgsttimepiece.so)
  PATH=$work/usr/bin:/usr/bin:/bin bash -c "$checks"
fi
echo "package: $(basename "$deb") works"
