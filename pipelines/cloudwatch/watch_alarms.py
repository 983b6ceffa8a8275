"""Shows the conditions of the alarms while a stream publishes: a second represents a minute.

Started by demo.py, with the place of the emulator as JSON; ends when its standard input does. The states are computed by
CloudWatch's documented rules from what the service answers, because no emulator judges alarms.
"""
import datetime
import json
import pathlib
import select
import sys
import time

import boto3

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "Tests/cloudwatch"))

from alarm_rules import Alarm, alarms_of_template  # noqa: E402

# A second is judged when it has been over for a while.
DELAY = 1.5


class Service:
    """The statistics of seconds, as the service has them."""

    def __init__(self, place):
        self.place = place
        self.client = boto3.client(
            "cloudwatch", endpoint_url=place["address"], region_name="us-east-1", aws_access_key_id=place["key"],
            aws_secret_access_key=place["secret"])
        self.points = {}

    def read(self, now):
        def instant(seconds):
            return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)

        self.points = {}
        for statistics in ({"Statistics": ["SampleCount"]}, {"ExtendedStatistics": ["p99"]}):
            answer = self.client.get_metric_statistics(
                Namespace=self.place["namespace"], MetricName=self.place["metric"], StartTime=instant(now - 15),
                EndTime=instant(now), Period=1, **statistics,
                Dimensions=[{"Name": name, "Value": value} for name, value in self.place["dimensions"].items()])
            for point in answer["Datapoints"]:
                known = self.points.setdefault(int(point["Timestamp"].timestamp()), {})
                known.update({"SampleCount": point["SampleCount"]} if "SampleCount" in point else {},
                             **point.get("ExtendedStatistics", {}))

    def statistic(self, key, name, start, end):
        point = self.points.get(start, {})
        return point.get(name), point.get("SampleCount", 0)


def main():
    place = json.loads(sys.argv[1])
    service = Service(place)
    definitions = alarms_of_template(
        (HERE / "template.yaml").read_text(), Period=1, Device=place["dimensions"]["Device"],
        Label=place["dimensions"]["Label"])
    start = time.time()
    alarms = [Alarm(entry, service, created=start) for entry in definitions.values()]
    names = ["-".join(entry["AlarmName"].split("-")[-2:]) if "slow" not in entry["AlarmName"] else "slow"
             for entry in definitions.values()]
    print(f"{'minute':>6} {'fps':>6} {'p99 ms':>7}  " + " ".join(f"{name:<18}" for name in names), flush=True)
    while not select.select([sys.stdin], [], [], max(0.0, 1 - time.time() % 1))[0]:
        now = int(time.time() - DELAY)
        service.read(now)
        point = service.points.get(now - 1, {})
        states = [alarm.evaluate(now) for alarm in alarms]
        fps = f"{point['SampleCount']:.0f}" if point else "-"
        p99 = f"{point['p99'] * 1000:.1f}" if "p99" in point else "-"
        print(f"{now - start + DELAY:>6.0f} {fps:>6} {p99:>7}  " + " ".join(f"{state:<18}" for state in states), flush=True)


main()
