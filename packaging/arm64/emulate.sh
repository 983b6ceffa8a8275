#!/bin/bash
# Makes sure that programs of an architecture run on this machine, if necessary by QEMU: emulate.sh ARCHITECTURE
# Requires root if QEMU is not registered with the kernel yet, as in a container.
set -euo pipefail
architecture=$1
[ "$architecture" != "$(dpkg --print-architecture)" ] || exit 0
formats=/proc/sys/fs/binfmt_misc
case $architecture in
  arm64) name=qemu-aarch64 ;;
  *) echo "emulate: nothing is known of $architecture; allowed is arm64" >&2; exit 64 ;;
esac
[ -e $formats/register ] || mount -t binfmt_misc none $formats
[ -e $formats/$name ] && exit 0
[ -e /usr/lib/binfmt.d/$name.conf ] ||
  { echo "emulate: QEMU for $architecture is missing; apt-get install qemu-user-static arch-test" >&2; exit 1; }
grep -v '^#' /usr/lib/binfmt.d/$name.conf >$formats/register
