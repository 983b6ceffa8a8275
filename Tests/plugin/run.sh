#!/bin/bash
# Tests of the built plugin, as GStreamer finds it in GST_PLUGIN_PATH: scanner, tools, Python, tracers, valgrind.
#
#   run.sh [NAME...]    all checks, or those whose names contain one of these
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=Tests/runner/checks.sh
. "$here/../runner/checks.sh"
checks_begin plugin "$@"
export here

scanner_loads_it() {
  rm -f "$GST_REGISTRY"
  GST_DEBUG=GST_PLUGIN_LOADING:6,GST_REGISTRY:4 gst-inspect-1.0 timepiecetick >"$work/scan" 2>&1 || return 1
  contains "$work/scan" 'gstpluginloader.*(Launching|spawn|helper)' 'Timepiece tick' || return 1
  ! gst-inspect-1.0 -b | grep libgsttimepiece
}

scanner_loads_it_again() {
  mkdir -p "$work/plugins"
  cp "$plugin" "$work/plugins/"
  export GST_PLUGIN_PATH=$work/plugins
  gst-inspect-1.0 timepiecetick >/dev/null || return 1
  touch -d '2001-01-01' "$work/plugins/libgsttimepiece.so"
  GST_DEBUG=GST_PLUGIN_LOADING:6 gst-inspect-1.0 timepiecetick >"$work/scan" 2>&1 || return 1
  contains "$work/scan" 'Timepiece tick' || return 1
  ! gst-inspect-1.0 -b | grep libgsttimepiece
}

# inspect ELEMENT PATTERN...: the page has no warnings, a blurb for each property, and matches the patterns.
inspect() {
  local element=$1 both=(interval label post-messages stats cloudwatch-namespace region) name bare
  shift
  gst-inspect-1.0 "$element" >"$work/inspect" 2>"$work/complaints" || return 1
  [ ! -s "$work/complaints" ] || { cat "$work/complaints"; return 1; }
  for name in "${both[@]}"; do set -- "$@" "^  $name *: .{20}"; done
  contains "$work/inspect" 'Filter/Analyzer/Debug' 'Rank +none' "SRC template: 'src'" "SINK template: 'sink'" "$@" || return 1
  bare=$(grep -E '^  [a-z0-9-]+ *: .{0,9}$' "$work/inspect")
  [ -z "$bare" ] || { echo "these have no blurb: $bare"; return 1; }
  ! grep '(null)' "$work/inspect"
}

inspect_tick() {
  inspect timepiecetick 'Timepiece tick' '^  max-intervals +: .{20}' '^  stall-timeout +: .{20}' \
    '^  stall-on-start +: .{20}' '^  min-rate +: .{20}' '^  alarms +: .{20}' '"alarm"' '"add-alarm"' '"remove-alarm"'
}

inspect_watch() {
  inspect timepiecewatch 'Timepiece watch' '^  watch +: .{20}' '^  edge +: .{20}' '^  correlation +: .{20}' \
    '\(0\): around +- .{10}' '\(1\): start +- .{10}' '\(2\): stop +- .{10}' '\(0\): auto +- .{10}' '\(1\): meta +- .{10}' \
    '\(2\): pts +- .{10}'
}

launch_prints_messages() {
  gst-launch-1.0 -m videotestsrc is-live=true num-buffers=45 ! video/x-raw,framerate=30/1 \
    ! timepiecetick label=front-door ! fakesink >"$work/launch" 2>&1 || return 1
  in_order "$work/launch" 'from element "timepiecetick0" \(element\): timepiece-tick, label=\(string\)front-door, timestamp=' \
    'timepiece-tick, .*total-buffers=\(guint64\)45' 'from element "pipeline0" \(eos\)'
}

debug_tells_the_story() {
  GST_DEBUG='timepiece*:6' gst-launch-1.0 -q videotestsrc num-buffers=3 ! timepiecetick ! fakesink \
    >"$work/story" 2>&1 || return 1
  in_order "$work/story" 'interval 0:00:01.0+, max-intervals 10' 'started' 'activating push' 'stream-start' 'caps' \
    'nominal rate 30' 'segment' 'eos' 'posting timepiece-tick, .*num-buffers=\(guint64\)3,' 'deactivating push' \
    'stopped'
}

cost_is_told_once() {
  GST_DEBUG='timepiece*:4' gst-launch-1.0 -q fakesrc num-buffers=3 \
    ! timepiecetick label=camera cloudwatch-namespace=GStreamer/Video cloudwatch-dry-run=true cloudwatch-spool=none \
    ! fakesink >"$work/cost" 2>&1 || return 1
  [ "$(grep -c 'INFO .*CloudWatch bills 1 series .*Label=camera.* about \$0.30 a month' "$work/cost")" = 1 ] ||
    { cat "$work/cost"; return 1; }
}

# A file, a URI and a description.
demo_takes_every_source() {
  local source file=$work/clip.mp4
  gst-launch-1.0 -q mp4mux name=m ! filesink location="$file" \
    audiotestsrc num-buffers=30 ! audio/x-raw,rate=48000 ! avenc_aac ! aacparse ! m. \
    videotestsrc num-buffers=30 ! video/x-raw,framerate=30/1 ! x264enc speed-preset=ultrafast ! h264parse ! m. || return 1
  for source in "$file" "file://$file" 'videotestsrc num-buffers=30 ! video/x-raw,framerate=30/1'; do
    "$python" "$here/../../pipelines/demo.py" --source "$source" >"$work/demo" 2>&1 || { cat "$work/demo"; return 1; }
    contains "$work/demo" '^decoded .* buffers .* of 30.00' || return 1
  done
}

links_no_swift() {
  ! objdump -p "$plugin" | grep -E 'NEEDED.*(swift|Foundation|icu)'
}

# A call in Swift that the module of a system library does not list would link the library, or refer to its symbol.
links_no_service_library() {
  ! objdump -p "$plugin" | grep -E 'NEEDED.*(curl|crypto|ssl|sqlite|microhttpd)' &&
    ! nm -D --undefined-only "$plugin" | grep -E ' (curl_|sqlite3_|MHD_|EVP_|HMAC|SSL|CRYPTO_|OPENSSL_)'
}

# A pipeline that publishes where no server listens: it tests the start.
publish() {
  gst-launch-1.0 fakesrc num-buffers=1 ! timepiecetick cloudwatch-namespace=Late region=eu-west-1 \
    access-key=AKIDEXAMPLE secret-access-key=secret endpoint-uri=http://127.0.0.1:9 cloudwatch-spool=none "$@" ! fakesink
}

# Each of the libraries in turn is replaced by an empty file, and by a library without functions.
says_what_cannot_be_loaded() {
  local library kind expected
  for library in libcurl.so.4 libcrypto.so.3 libsqlite3.so.0; do
    for kind in empty hollow; do
      mkdir -p "$work/$kind-$library"
      case $kind in
        empty) : >"$work/$kind-$library/$library"; expected="which cannot be loaded: .+" ;;
        hollow) cc -shared -x c -o "$work/$kind-$library/$library" /dev/null; expected="which has no function [a-zA-Z0-9_]+ here" ;;
      esac
      LD_LIBRARY_PATH=$work/$kind-$library gst-launch-1.0 -q fakesrc num-buffers=9 ! timepiecetick ! fakesink || return 1
      if LD_LIBRARY_PATH=$work/$kind-$library publish >"$work/late" 2>&1; then
        echo "$library was not missed"
        return 1
      fi
      [ "$(grep -cE "^ERROR: .*CloudWatch needs $library, $expected \\(Debian and Ubuntu have it in the package [^)]*\\)\\.\$" "$work/late")" = 1 ] || { cat "$work/late"; return 1; }
    done
    # A dry run needs none of them.
    LD_LIBRARY_PATH=$work/empty-$library publish cloudwatch-dry-run=true || return 1
  done
}

exports_two_symbols() {
  [ "$(nm -D --defined-only --extern-only "$plugin" | cut -d' ' -f3 | sort | tr '\n' ' ')" = \
    'gst_plugin_timepiece_get_desc gst_plugin_timepiece_register ' ] || { nm -D --defined-only --extern-only "$plugin"; return 1; }
}

# leaks PIPELINE...: fails if objects of GStreamer are alive at the end.
leaks() {
  GST_TRACERS=leaks GST_DEBUG=GST_TRACER:7 timeout 60 gst-launch-1.0 -q "$@" >"$work/leaks" 2>&1
  local status=$?
  [ $status = 0 ] || { echo "exit status $status of: $*"; cat "$work/leaks"; return 1; }
  ! grep -E 'TRACE .*object-alive, |CRITICAL' "$work/leaks"
}

nothing_leaks() {
  leaks fakesrc num-buffers=100 ! timepiecetick interval=1000000 ! fakesink || return 1
  leaks videotestsrc num-buffers=30 ! tee name=t ! queue ! timepiecetick ! fakesink \
    t. ! queue ! timepiecetick post-messages=false ! fakesink || return 1
  leaks videotestsrc num-buffers=30 ! video/x-raw,format=RGB,width=320,height=240 ! rtpvrawpay \
    ! timepiecetick interval=2000000 ! fakesink || return 1
  leaks filesrc location="$here/run.sh" ! timepiecetick ! fakesink
}

memcheck() {
  PLUGIN=$plugin "$here/valgrind.sh" "$@"
}

memcheck_reports() {
  memcheck videotestsrc is-live=true num-buffers=15 ! video/x-raw,width=16,height=16 \
    ! timepiecetick interval=20000000 ! fakesink
}

memcheck_lists() {
  memcheck videotestsrc num-buffers=3 ! video/x-raw,format=RGB,width=160,height=120 ! rtpvrawpay \
    ! timepiecetick ! timepiecetick label=second ! fakesink
}

check "gst-plugin-scanner loads it into a fresh registry" scanner_loads_it
check "gst-plugin-scanner loads it again when the file has changed" scanner_loads_it_again
check "gst-inspect-1.0 prints a complete page of timepiecetick" inspect_tick
check "gst-inspect-1.0 prints a complete page of timepiecewatch" inspect_watch
check "gst-launch-1.0 -m prints the message" launch_prints_messages
check "GST_DEBUG logs all stages of a run in order" debug_tells_the_story
check "the cost of CloudWatch is logged once, at level INFO" cost_is_told_once
check "make demo accepts a file, a URI and a gst-launch source" demo_takes_every_source
check "no part of Swift is required" links_no_swift
check "the plugin does not link libcurl, OpenSSL, SQLite or libmicrohttpd" links_no_service_library
check "these libraries are loaded only for publishing" "$python" "$here/late.py"
check "a library that cannot be loaded is one error where it is needed" says_what_cannot_be_loaded
check "only GStreamer's two symbols are exported" exports_two_symbols
check "Python reads the message from the bus" "$python" "$here/bus.py"
check "Python reads and sets the properties" "$python" "$here/properties.py"
check "it works in a process that was forked after it was loaded" "$python" "$here/fork.py"
check "no state of the network delays a push" "$python" "$here/network.py"
check "data that CloudWatch refuses are reported with their number and the reason" "$python" "$here/refused.py"
check "metrics survive EOS, a missing change to NULL and an interruption" "$python" "$here/ends.py"
check "metrics on a terminal begin on a new line" "$python" "$here/terminal.py"
check "secrets appear in no log, message, property, dot file or spool" "$python" "$here/secrets.py"
check "1,000 cycles leave no thread and no memory behind" "$python" "$here/cycles.py"
check "a million buffers leave no memory behind, with and without losses" "$python" "$here/million.py"
check "the leaks tracer finds nothing, and there is no critical" nothing_leaks
check "valgrind finds nothing with reports by the clock" memcheck_reports
check "valgrind finds nothing with buffer lists" memcheck_lists

checks_end
