"""Reads with boto3 what a service has of one metric, and prints it: python read_back.py address key secret device…"""

import datetime
import sys

import boto3
from lifetime import run, say

STATISTICS = ["SampleCount", "Sum", "Minimum", "Maximum"]
PERCENTILES = ["p50", "p90", "p99"]


def main():
    address, key, secret, namespace, name, device = sys.argv[1:]
    client = boto3.client(
        "cloudwatch", endpoint_url=address, region_name="us-east-1", aws_access_key_id=key,
        aws_secret_access_key=secret)
    now = datetime.datetime.now(datetime.timezone.utc)
    metric = {
        "Namespace": namespace, "MetricName": name, "Dimensions": [{"Name": "Device", "Value": device}]}
    found = {}
    for names in ({"Statistics": STATISTICS}, {"ExtendedStatistics": PERCENTILES}):
        points = client.get_metric_statistics(
            **metric, StartTime=now - datetime.timedelta(hours=1), EndTime=now + datetime.timedelta(hours=1),
            Period=86400, **names)["Datapoints"]
        for point in points:
            found["points"] = len(points)
            found["unit"] = point.get("Unit")
            found["stamp"] = int(point["Timestamp"].timestamp())
            found.update({name: repr(point[name]) for name in STATISTICS if name in point})
            found.update({name: repr(value) for name, value in point.get("ExtendedStatistics", {}).items()})
    say(found)


run(main)
