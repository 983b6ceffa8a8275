#!/bin/sh
# The dashboard and the alarms of template.yaml as command lines of the AWS CLI, for those without CloudFormation.
#
# Settings come from the environment; the region and the keys are those that the AWS CLI uses:
#   DEVICE=cam-01 LABEL=tick BUDGET=0.0333 MINIMUM_FPS=24 TOPIC=arn:aws:sns:… sh commands.sh
set -eu

namespace=${NAMESPACE:-GStreamer/Video}
metric=${METRIC_NAME:-frame_processing_time}
device=${DEVICE:-cam-01}
label=${LABEL:-tick}
budget=${BUDGET:-0.0333}
minimum_fps=${MINIMUM_FPS:-24}
topic=${TOPIC:-}
region=${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region)}}
export AWS_DEFAULT_REGION="$region"

cd "$(dirname "$0")"
dimensions="Name=Device,Value=$device Name=Label,Value=$label"
actions=${topic:+--alarm-actions $topic}

body=$(sed -e "s|\${Namespace}|$namespace|g" -e "s|\${MetricName}|$metric|g" -e "s|\${Device}|$device|g" \
    -e "s|\${Label}|$label|g" -e "s|\${Budget}|$budget|g" -e "s|\${AWS::Region}|$region|g" dashboard.json)
aws cloudwatch put-dashboard --dashboard-name "timepiece-$device" --dashboard-body "$body"

# No frame for three minutes. Missing data are the symptom, so they breach.
# shellcheck disable=SC2086  # the dimensions and the actions are several words each
aws cloudwatch put-metric-alarm --alarm-name "timepiece-$device-$label-video-stopped" \
    --namespace "$namespace" --metric-name "$metric" --dimensions $dimensions \
    --statistic SampleCount --period 60 --comparison-operator LessThanThreshold --threshold 1 \
    --evaluation-periods 3 --datapoints-to-alarm 3 --treat-missing-data breaching $actions ${topic:+--ok-actions $topic}

# Fewer frames per second than wanted in three of five minutes.
# shellcheck disable=SC2086
aws cloudwatch put-metric-alarm --alarm-name "timepiece-$device-$label-low-fps" \
    --metrics "[{\"Id\":\"fps\",\"Expression\":\"n/PERIOD(n)\",\"Label\":\"fps\",\"ReturnData\":true},
        {\"Id\":\"n\",\"ReturnData\":false,\"MetricStat\":{\"Stat\":\"SampleCount\",\"Period\":60,\"Metric\":{
        \"Namespace\":\"$namespace\",\"MetricName\":\"$metric\",\"Dimensions\":[
        {\"Name\":\"Device\",\"Value\":\"$device\"},{\"Name\":\"Label\",\"Value\":\"$label\"}]}}}]" \
    --comparison-operator LessThanThreshold --threshold "$minimum_fps" \
    --evaluation-periods 5 --datapoints-to-alarm 3 --treat-missing-data ignore $actions

# One frame in a hundred takes longer than the budget, for three of five minutes.
# shellcheck disable=SC2086
aws cloudwatch put-metric-alarm --alarm-name "timepiece-$device-$label-slow" \
    --namespace "$namespace" --metric-name "$metric" --dimensions $dimensions \
    --extended-statistic p99 --evaluate-low-sample-count-percentile ignore --period 60 \
    --comparison-operator GreaterThanThreshold --threshold "$budget" \
    --evaluation-periods 5 --datapoints-to-alarm 3 --treat-missing-data notBreaching $actions
