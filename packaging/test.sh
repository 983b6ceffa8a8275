#!/bin/bash
# Installs the packages in a separate Debian root without Swift, uses them there, and removes them; then does the same
# with the tarball for machines without dpkg, in a folder: test.sh [RELEASE]. ARCH=arm64 tests the packages for arm64,
# under QEMU. Requires root, for chroot; CI has it, and `make deb-test` uses sudo.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "deb-test: needs root for chroot" >&2; exit 1; }
  exec sudo "$0" "$@"
fi
# shellcheck disable=SC1091
release=${1:-$(. /etc/os-release && echo "$VERSION_CODENAME")}
# shellcheck disable=SC2012
architecture=${ARCH:-$(dpkg --print-architecture)}
# shellcheck disable=SC2012
main=$(ls -t "$root"/.build/gstreamer1.0-timepiece_*_"$architecture".deb | head -1)
# shellcheck disable=SC2012
tarball=$(ls -t "$root"/.build/timepiece-*-"$architecture".tar.gz | head -1)
# shellcheck disable=SC2012
module=$(ls -t "$root"/.build/python3-timepiece_*.deb | head -1)
# The steps of a new user who has only the package.
checks=$(cat <<'END'
set -e
if command -v swift; then echo "there is Swift here"; exit 1; fi
gst-inspect-1.0 timepiecetick | grep -q "Klass .*Filter/Analyzer/Debug"
gst-launch-1.0 -m videotestsrc num-buffers=60 ! timepiecetick ! fakesink | grep -q "timepiece-tick"
gst-launch-1.0 videotestsrc is-live=true num-buffers=30 ! timepiecetick label=camera region=eu-central-1 \
  cloudwatch-namespace=Test cloudwatch-dry-run=true cloudwatch-spool=none ! fakesink | grep -q MetricData
timepiece top -- videotestsrc num-buffers=60 ! timepiecetick ! fakesink | grep -q "of 30.00 /s"
timepiece record -o /tmp/r.jsonl --watch-every-element -- videotestsrc num-buffers=300 ! timepiecetick ! fakesink
timepiece report /tmp/r.jsonl && grep -q "</html>" /tmp/r.html
timepiece compare /tmp/r.jsonl /tmp/r.jsonl | grep -q timepiecetick0
timepiece policy --namespace Test | grep -q cloudwatch:PutMetricData
timepiece --version
gzip -t /usr/share/man/man1/timepiece.1.gz
bash -n /usr/share/bash-completion/completions/timepiece
END
)
work=$(mktemp -d)
there=$work/root
clean() {
  # Never delete through a mount.
  if mountpoint -q "$there/proc"; then umount "$there/proc" || umount -l "$there/proc" || return; fi
  rm -rf "$work"
}
trap clean EXIT
trap 'exit 1' INT TERM
# quietly COMMAND...: shows the output of the command only if it failed.
quietly() { "$@" >"$work/log" 2>&1 || { echo "deb-test: failed: $*" >&2; tail -20 "$work/log" >&2; exit 1; }; }
inside() { chroot "$there" env -i DEBIAN_FRONTEND=noninteractive LC_ALL=C HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  ${http_proxy:+http_proxy=$http_proxy} ${https_proxy:+https_proxy=$https_proxy} "$@"; }

# Debian's archive, and a minimal root of the release, which is made once.
mirror=${MIRROR:-http://deb.debian.org/debian}
bare=${ROOTS:-$root/.build/roots}/bare-$release-$architecture.tar
"$root/packaging/arm64/emulate.sh" "$architecture"
if [ ! -e "$bare" ]; then
  command -v mmdebstrap >/dev/null || { echo "deb-test: mmdebstrap is missing; apt-get install mmdebstrap" >&2; exit 1; }
  mkdir -p "$(dirname "$bare")"
  quietly mmdebstrap --variant=minbase --format=tar --architectures="$architecture" \
    --dpkgopt=force-unsafe-io "$release" "$bare.part" "$mirror"
  mv "$bare.part" "$bare"
fi
mkdir "$there"
tar -xf "$bare" -C "$there"
# Swift reads the words of a command from /proc.
mount -t proc proc "$there/proc"
# The root reaches the archive like this machine; it does not have to survive a power failure.
cp -rL /etc/apt/apt.conf.d "$there/etc/apt/" 2>/dev/null || true
echo force-unsafe-io >"$there/etc/dpkg/dpkg.cfg.d/fast"
cp "$main" "$module" "$tarball" "$there/tmp/"
quietly inside apt-get update -q
quietly inside apt-get install -q -y --no-install-recommends "/tmp/$(basename "$main")" gstreamer1.0-tools
inside bash -c "$checks"
quietly inside apt-get install -q -y --no-install-recommends "/tmp/$(basename "$module")"
cp "$root/pipelines/apps/budget.py" "$there/tmp/"
inside python3 /tmp/budget.py "videotestsrc num-buffers=30 ! timepiecetick label=made ! fakesink"
inside dpkg -L gstreamer1.0-timepiece python3-timepiece | sort -u >"$work/files"
quietly inside apt-get purge -q -y gstreamer1.0-timepiece python3-timepiece
while read -r path; do
  if [ -f "$there$path" ] || [ -L "$there$path" ] && [ ! -d "$there$path" ]; then
    echo "deb-test: $path is still there" >&2
    exit 1
  fi
done <"$work/files"
if inside gst-inspect-1.0 timepiecetick >/dev/null 2>&1; then echo "deb-test: the elements are still there" >&2; exit 1; fi
# Without the packages, from the tarball: the printed variables make it work, and it removes all its files.
inside bash -c "$(cat <<'END'
set -e
cd /tmp && tar -xf timepiece-*.tar.gz
mkdir /opt/there && touch /opt/there/other
timepiece-*/install /opt/there >/tmp/said
eval "$(grep '^export ' /tmp/said)"
gst-inspect-1.0 timepiecewatch >/dev/null
gst-launch-1.0 -m videotestsrc num-buffers=60 ! timepiecetick ! fakesink | grep -q timepiece-tick
timepiece top -- videotestsrc num-buffers=60 ! timepiecetick ! fakesink | grep -q "of 30.00 /s"
python3 -c 'import timepiece_messages'
timepiece-*/install --remove /opt/there
[ "$(find /opt/there -mindepth 1)" = /opt/there/other ]
END
)"
echo "packages and tarball on $release $architecture: $(basename "$main") and $(basename "$module") work without Swift and leave nothing"
