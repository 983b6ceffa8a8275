#!/bin/sh
# The alarms of one stream by the AWS CLI, which finds the region and the keys. `timepiece alarms --commands`
# makes it for other names. TOPIC is the ARN of an SNS topic that alarms are sent to.
set -eu
# Version 1 of the AWS CLI does not read AWS_REGION.
if [ -n "${AWS_REGION:-}" ]; then export AWS_DEFAULT_REGION="$AWS_REGION"; fi

namespace='GStreamer/Video'
metric='frame_processing_time'
dimensions='[{"Name":"Device","Value":"cam-01"},{"Name":"Label","Value":"tick"}]'
topic=${TOPIC:-''}
actions=${topic:+--alarm-actions $topic --ok-actions $topic}

# An older AWS CLI knows no warm-up; make the alarms when the device has published for five minutes, then.
warm_up_minutes=60
warm_up=
case $warm_up_minutes$(aws cloudwatch put-metric-alarm --generate-cli-skeleton) in
0*) ;;
*WarmUpConfiguration*) warm_up="--warm-up-configuration WarmUpPeriodDurationInMinutes=$warm_up_minutes" ;;
esac

# shellcheck disable=SC2086  # the actions and the warm-up are several words each
aws cloudwatch put-metric-alarm --alarm-name 'timepiece-cam-01-tick-video-stopped' \
    --alarm-description 'No frame for 4 minutes. Rings 4 to 6 minutes after the last one. Missing data are the symptom, so they breach.' \
    --namespace "$namespace" --metric-name "$metric" --dimensions "$dimensions" --period 60 \
    --statistic SampleCount \
    --comparison-operator LessThanThreshold --threshold 1 \
    --evaluation-periods 3 --datapoints-to-alarm 2 \
    --treat-missing-data breaching $warm_up $actions

# shellcheck disable=SC2086  # the actions and the warm-up are several words each
aws cloudwatch put-metric-alarm --alarm-name 'timepiece-cam-01-tick-low-fps' \
    --alarm-description 'Fewer frames per second than wanted in three of the last five periods of 1 minute.' \
    --metrics "[{\"Id\":\"fps\",\"Expression\":\"n/PERIOD(n)\",\"Label\":\"fps\",\"ReturnData\":true},
        {\"Id\":\"n\",\"ReturnData\":false,\"MetricStat\":{\"Stat\":\"SampleCount\",\"Period\":60,
        \"Metric\":{\"Namespace\":\"$namespace\",\"MetricName\":\"$metric\",\"Dimensions\":$dimensions}}}]" \
    --comparison-operator LessThanThreshold --threshold 24 \
    --evaluation-periods 5 --datapoints-to-alarm 3 \
    --treat-missing-data ignore $warm_up $actions

# shellcheck disable=SC2086  # the actions and the warm-up are several words each
aws cloudwatch put-metric-alarm --alarm-name 'timepiece-cam-01-tick-slow' \
    --alarm-description 'One interval between frames in a hundred is longer than the budget, in three of the last five periods of 1 minute.' \
    --namespace "$namespace" --metric-name "$metric" --dimensions "$dimensions" --period 60 \
    --extended-statistic p99 --evaluate-low-sample-count-percentile evaluate \
    --comparison-operator GreaterThanThreshold --threshold 0.05 \
    --evaluation-periods 5 --datapoints-to-alarm 3 \
    --treat-missing-data notBreaching $warm_up $actions
