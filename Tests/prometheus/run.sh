#!/bin/bash
# A real pipeline, read by Prometheus: percentiles, counters, hostile clients, rules, dashboard. Takes half a minute.
set -eu
cd "$(dirname "$0")/../.."
PATH=$(pipelines/prometheus/bring.sh):$PATH
export PATH GST_PLUGIN_PATH=${GST_PLUGIN_PATH-$PWD/.build/release}
log=.build/prometheus-test.log
if ! /usr/bin/python3 -W ignore::DeprecationWarning Tests/prometheus/test_prometheus.py >"$log" 2>&1; then
  cat "$log"
  echo "prometheus: to run it alone: Tests/prometheus/run.sh" >&2
  exit 1
fi
grep '^prometheus: ' "$log" || true
tail -n 3 "$log" | head -n 1
