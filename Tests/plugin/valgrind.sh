#!/bin/bash
# Runs pipelines with the built plugin under valgrind: no error, and nothing definitely lost.
#
#   valgrind.sh                all pipelines below
#   valgrind.sh PIPELINE...    this one
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
plugin=${PLUGIN:-$here/../../.build/release/libgsttimepiece.so}
[ -f "$plugin" ] || { echo "valgrind: there is no $plugin; make build" >&2; exit 1; }
# Valgrind does not read the debug information of this compiler.
mkdir "$work/plugins"
objcopy --strip-debug "$plugin" "$work/plugins/libgsttimepiece.so"
export GST_PLUGIN_PATH=$work/plugins GST_REGISTRY=$work/registry.bin G_DEBUG=fatal-criticals G_SLICE=always-malloc
export XDG_STATE_HOME=$work AWS_EC2_METADATA_DISABLED=true
gst-inspect-1.0 timepiecetick >/dev/null

memcheck() {
  valgrind --quiet --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite --error-exitcode=9 \
    --suppressions="$here/memcheck.supp" --suppressions=/usr/share/glib-2.0/valgrind/glib.supp gst-launch-1.0 -q "$@"
}

if [ $# -gt 0 ]; then
  memcheck "$@"
  exit
fi

# The file that wavparse reads in pull mode.
gst-launch-1.0 -q audiotestsrc num-buffers=5 ! wavenc ! filesink location="$work/tone.wav"
small=video/x-raw,width=16,height=16
number=0
while read -r line; do
  [ -n "$line" ] || continue
  number=$((number + 1))
  pipeline=()
  eval "pipeline=($line)"
  memcheck "${pipeline[@]}" || { echo "valgrind: failed: $line" >&2; exit 1; }
done <<END
videotestsrc is-live=true num-buffers=15 ! $small ! timepiecetick interval=20000000 ! fakesink
videotestsrc num-buffers=3 ! $small,format=RGB ! rtpvrawpay mtu=200 ! timepiecetick ! timepiecetick label=second ! fakesink
videotestsrc num-buffers=30 ! $small ! timepiecetick alarms="ordinal,each=5; after,after=500ms,clock=running-time,action=eos" ! fakesink
videotestsrc is-live=true num-buffers=10 ! $small ! timepiecetick stall-timeout=5000000 stall-on-start=true min-rate=100 interval=10000000 ! fakesink
videotestsrc num-buffers=20 ! $small ! timepiecewatch watch=root ! videoconvert ! timepiecewatch watch=inner ! fakesink
videotestsrc num-buffers=20 ! $small ! tee name=t ! timepiecewatch watch=w edge=start ! queue ! timepiecewatch watch=w edge=stop ! fakesink t. ! queue ! fakesink
filesrc location=$work/tone.wav ! timepiecetick ! timepiecewatch ! wavparse ! fakesink
videotestsrc num-buffers=10 ! $small ! timepiecetick cloudwatch-namespace=Valgrind region=eu-west-1 access-key=AKIDEXAMPLE secret-access-key=secret endpoint-uri=http://127.0.0.1:9 ! fakesink
videotestsrc num-buffers=10 ! $small ! timepiecetick cloudwatch-namespace=Valgrind region=eu-west-1 cloudwatch-emf=file:$work/emf cloudwatch-spool=none ! fakesink
END
echo "valgrind: $number pipelines, 0 errors, nothing lost"
