#!/bin/bash
# Tests the built plugin in difficult hosts: other Swift runtimes, no locale, no descriptors, no threads, no writable
# file system; and the hardening of the file.
#
#   run.sh [NAME...]    all checks, or those whose names contain one of these
set -u
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.." || exit 1
# shellcheck source=Tests/runner/checks.sh
. "$here/../runner/checks.sh"
CHECK_SECONDS=120
checks_begin isolation "$@"
# One check adds a second plugin beside ours.
mkdir "$work/plugins"
cp "$plugin" "$work/plugins/"
plugin=$work/plugins/libgsttimepiece.so
export GST_PLUGIN_PATH=$work/plugins here
# A user that owns no file and runs no other process.
export stranger=54321

launch() {
  gst-launch-1.0 -q fakesrc num-buffers=300 ! timepiecetick interval=1000000 ! fakesink
}

second_runtime() {
  clang -fPIC -c -o "$work/second.o" "$here/second.c" $(pkg-config --cflags gstreamer-1.0) || return 1
  swiftc -O -swift-version 6 -parse-as-library -static-stdlib -emit-library -import-objc-header "$here/second.h" \
    -o "$work/plugins/libgstsecond.so" "$here/Second.swift" "$work/second.o" $(pkg-config --libs gstreamer-1.0) || return 1
  gst-inspect-1.0 second >/dev/null || { echo "the second plugin is not registered"; return 1; }
  # Both are loaded into one process.
  "$python" - <<'END'
import gi
gi.require_version("Gst", "1.0")
from gi.repository import Gst
Gst.init(None)
assert Gst.Plugin.load_by_name("second") is not None
pipeline = Gst.parse_launch("fakesrc num-buffers=300 ! timepiecetick interval=1000000 ! fakesink")
pipeline.set_state(Gst.State.PLAYING)
message = pipeline.get_bus().timed_pop_filtered(30 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
assert message is not None and message.type == Gst.MessageType.EOS
pipeline.set_state(Gst.State.NULL)
loaded = {line.split("/")[-1].strip() for line in open("/proc/self/maps") if "libgst" in line}
assert {"libgsttimepiece.so", "libgstsecond.so"} <= loaded, loaded
END
}

swift_host() {
  swiftc -O -swift-version 6 -parse-as-library -o "$work/host" "$here/Host.swift" \
    -Xcc -fmodule-map-file=Sources/CGStreamer/module.modulemap \
    $(pkg-config --cflags gstreamer-video-1.0 | tr ' ' '\n' | grep '^-I' | sed 's/^/-Xcc /') \
    $(pkg-config --libs gstreamer-video-1.0) || return 1
  ldd "$work/host" | grep -q libswiftCore || { echo "the host has no runtime of its own"; return 1; }
  "$work/host" | grep -x '300 buffers'
}

without_locale() {
  env -i PATH="$PATH" GST_PLUGIN_PATH="$GST_PLUGIN_PATH" GST_REGISTRY="$GST_REGISTRY" LC_ALL=xx_XX.none \
    gst-launch-1.0 -q fakesrc num-buffers=300 ! timepiecetick label=Prüfstand interval=1000000 ! fakesink || return 1
  env -i PATH="$PATH" GST_PLUGIN_PATH="$GST_PLUGIN_PATH" GST_REGISTRY="$GST_REGISTRY" \
    gst-launch-1.0 -q fakesrc num-buffers=300 ! timepiecetick interval=1000000 ! fakesink
}

without_descriptors() {
  (launch <&- >&- 2>&-)
  (gst-launch-1.0 -q fakesrc num-buffers=300 ! timepiecetick cloudwatch-namespace=Closed region=eu-west-1 \
    access-key=AKIDEXAMPLE secret-access-key=secret endpoint-uri=http://127.0.0.1:9 cloudwatch-spool="$work/closed" \
    ! fakesink <&- >&- 2>&-) || return 1
  # The spool is an intact database: nothing wrote into it through descriptors 0 to 2.
  [ "$("$python" -c 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("pragma integrity_check").fetchone()[0])' "$work/closed")" = ok ]
}

few_threads() {
  [ "$(id -u)" = 0 ] && command -v setpriv prlimit >/dev/null || return 77
  gst-inspect-1.0 timepiecetick >/dev/null || return 1
  chmod 644 "$GST_REGISTRY"
  # The main thread, GLib's thread and that of the source: none is left for the reports.
  prlimit --nproc=3 setpriv --reuid=$stranger --regid=$stranger --clear-groups \
    gst-launch-1.0 fakesrc num-buffers=300 ! identity sleep-time=1000 ! timepiecetick interval=1000000 ! fakesink >"$work/few" 2>&1 || {
    cat "$work/few"; return 1; }
  cat "$work/few"
  grep -q 'Got EOS' "$work/few" && [ "$(grep -c 'No thread could be started' "$work/few")" = 1 ]
}

nowhere_to_write() {
  [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null || return 77
  unshare -m bash -c 'mount --make-rprivate / && mount -o remount,bind,ro / 2>/dev/null || exit 77
    for place in /tmp /var/tmp /run /home /root; do mount -o bind,ro $place $place 2>/dev/null; mount -o remount,bind,ro $place 2>/dev/null; done
    touch /var/tmp/written 2>/dev/null && exit 77
    unset HOME XDG_STATE_HOME
    gst-launch-1.0 -q fakesrc num-buffers=300 ! timepiecetick cloudwatch-namespace=Nowhere region=eu-west-1 \
      access-key=AKIDEXAMPLE secret-access-key=secret endpoint-uri=http://127.0.0.1:9 interval=1000000 ! fakesink'
}

no_home() {
  env -u HOME -u XDG_RUNTIME_DIR XDG_STATE_HOME=/proc/nowhere gst-launch-1.0 -q fakesrc num-buffers=300 \
    ! timepiecetick cloudwatch-namespace=Nowhere region=eu-west-1 access-key=AKIDEXAMPLE secret-access-key=secret \
    endpoint-uri=http://127.0.0.1:9 interval=1000000 ! fakesink
}

hardened() {
  readelf -lW "$plugin" | grep -q GNU_RELRO || { echo "no relro"; return 1; }
  readelf -dW "$plugin" | grep -qE 'BIND_NOW|FLAGS.*NOW' || { echo "no bind now"; return 1; }
  readelf -lW "$plugin" | grep GNU_STACK | grep -q 'RWE' && { echo "the stack is executable"; return 1; }
  readelf -dW "$plugin" | grep -q TEXTREL && { echo "text relocations"; return 1; }
  nm -D "$plugin" | grep -q '__stack_chk_fail' || { echo "no stack protector"; return 1; }
  # The call that wipes keys is the only one in the C code that glibc can fortify.
  nm -D "$plugin" | grep -q '__explicit_bzero_chk' || { echo "nothing is fortified"; return 1; }
  readelf -dW "$plugin" | grep -E 'RPATH|RUNPATH' | grep -E '\[[^]$]*/' && { echo "a path of the machine that built it"; return 1; }
  return 0
}

# Unloading a library with threads and callbacks would crash the process.
stays_loaded() {
  "$python" - <<'END'
import gi
gi.require_version("Gst", "1.0")
from gi.repository import Gst
Gst.init(None)
pipeline = Gst.parse_launch("fakesrc num-buffers=300 ! timepiecetick interval=1000000 ! fakesink")
pipeline.set_state(Gst.State.PLAYING)
assert pipeline.get_bus().timed_pop_filtered(30 * Gst.SECOND, Gst.MessageType.EOS) is not None
pipeline.set_state(Gst.State.NULL)
del pipeline
Gst.deinit()
assert any("libgsttimepiece" in line for line in open("/proc/self/maps")), "it was unloaded"
END
}

found_by_the_scanner() {
  rm -f "$GST_REGISTRY"
  GST_DEBUG=GST_PLUGIN_LOADING:6 gst-inspect-1.0 timepiecetick >"$work/scan" 2>&1 || { cat "$work/scan"; return 1; }
  grep -qiE 'gstpluginloader.*(launching|spawn|helper)' "$work/scan" || { cat "$work/scan"; return 1; }
  ! gst-inspect-1.0 -b | grep libgsttimepiece
}

spool_is_private() {
  (umask 000
   gst-launch-1.0 -q fakesrc num-buffers=300 ! timepiecetick cloudwatch-namespace=Private region=eu-west-1 \
     access-key=AKIDEXAMPLE secret-access-key=SECRETSECRET endpoint-uri=http://127.0.0.1:9 \
     cloudwatch-spool="$work/private" ! fakesink)
  [ "$(stat -c %a "$work/private")" = 600 ] || { stat "$work/private"; return 1; }
  ! grep -qE 'SECRETSECRET|AKIDEXAMPLE' "$work"/private*
}

# Without HOME the spool is in /var/tmp, where another user can make its directory first.
another_users_spool() {
  [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null || return 77
  unshare -m bash -c 'mount --make-rprivate / && mount -t tmpfs -o mode=1777 none /var/tmp || exit 77
    unset HOME XDG_STATE_HOME STATE_DIRECTORY
    place=/var/tmp/timepiece-0
    mkdir -m 755 $place
    for file in cloudwatch.sqlite cloudwatch.sqlite-journal; do echo planted >$place/$file; done
    chown -R "$stranger" $place
    before=$(find /var/tmp -printf "%p %s %U %m %T@\n" | sort)
    gst-launch-1.0 fakesrc num-buffers=100 ! identity sleep-time=20000 ! timepiecetick cloudwatch-namespace=Planted region=eu-west-1 \
      access-key=AKIDEXAMPLE secret-access-key=secret endpoint-uri=http://127.0.0.1:9 interval=1000000 ! fakesink \
      >"$1" 2>&1 || exit 1
    grep -q "^WARNING: .*belongs to another user" "$1" && [ "$before" = "$(find /var/tmp -printf "%p %s %U %m %T@\n" | sort)" ]' \
    planted "$work/planted" || { local code=$?; cat "$work/planted"; return $code; }
}

plain_http_stays_here() {
  local place
  for place in http://192.0.2.1/ http://example.com/ http://127.0.0.1.example.com/; do
    gst-launch-1.0 -q fakesrc num-buffers=1 ! timepiecetick cloudwatch-namespace=Plain region=eu-west-1 \
      access-key=AKIDEXAMPLE secret-access-key=SECRETSECRET cloudwatch-spool=none endpoint-uri=$place ! fakesink \
      >"$work/plain" 2>&1 && { echo "$place was taken"; return 1; }
    grep -q 'endpoint-uri' "$work/plain" || { cat "$work/plain"; return 1; }
    grep -q SECRETSECRET "$work/plain" && { echo "a secret was printed"; return 1; }
  done
  return 0
}

check "loaded by gst-plugin-scanner" found_by_the_scanner
check "beside a plugin with its own Swift runtime" second_runtime
check "in a Swift application with the system's runtime" swift_host
check "forked after loading, as multiprocessing does" "$python" Tests/plugin/fork.py
check "without a locale" without_locale
check "with descriptors 0 to 2 closed" without_descriptors
check "where no thread is left for the reports" few_threads
check "on a read-only file system, without HOME" nowhere_to_write
check "where the spool's directory cannot be created" no_home
check "never unloaded, not even by gst_deinit" stays_loaded
check "the file is hardened" hardened
check "only its owner can read the spool, and it contains no key" spool_is_private
check "a spool that another user has created is not touched" another_users_spool
check "plain http is used only with this machine" plain_http_stays_here
check "no environment variable turns off the verification of certificates" "$python" Tests/isolation/trust.py
checks_end
