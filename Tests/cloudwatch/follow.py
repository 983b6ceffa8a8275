#!/usr/bin/env python3
"""Follows pipelines/cloudwatch/README.md step by step, from nothing to the dashboard and the alarms, on an emulator.

    Tests/cloudwatch/follow.py TOOL

Every block of shell commands of the README runs unchanged, in order: the keys that an earlier block has made replace
the dots of the README, and a pipeline without an end is interrupted as by Ctrl-C. It needs GST_PLUGIN_PATH, the
packages of Tests/python-packages.txt, and the tool `timepiece`.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import boto3

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "pipelines/cloudwatch"
BIN = os.path.dirname(sys.executable)
ROOT_KEY, ROOT_SECRET = "AKIAROOTOFTHETESTS00", "root+secret/of/the/tests"

# What a person does with the hands, Ctrl-C after some seconds; and what no emulator can, alarms on metric math by
# CloudFormation: the template's alarms are put one by one instead.
PRELUDE = """
gst-launch-1.0() {
  "$(type -P gst-launch-1.0)" "$@" >~/launch.log &
  for _ in $(seq 600); do ! grep -q "Setting pipeline to PLAYING" ~/launch.log || break; sleep 0.1; done
  sleep 12
  kill -INT $!
  wait $!
}
aws() {
  if [ "$1 $2" != "cloudformation deploy" ]; then command aws "$@"; else PYTHONPATH=$RULES python - "${!#}"; fi <<'END'
import pathlib
import sys
import boto3
from alarm_rules import alarms_of_template
client = boto3.client("cloudwatch")
for alarm in alarms_of_template(pathlib.Path(sys.argv[1]).read_text()).values():
    client.put_metric_alarm(**{**alarm, "Threshold": float(alarm["Threshold"])})
END
}
"""


def blocks():
    text = (HERE / "README.md").read_text()
    return re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def main():
    tool = pathlib.Path(sys.argv[1]).resolve()
    servers = subprocess.Popen([sys.executable, ROOT / "Tests/Servers/emulators.py"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)
    with tempfile.TemporaryDirectory() as home:
        folder = shutil.copytree(HERE, os.path.join(home, "cloudwatch"))
        try:
            address = json.loads(servers.stdout.readline())["ministack"]["address"]
            environment = {
                **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")}, "HOME": home,
                "PATH": f"{tool.parent}:{BIN}:{os.environ['PATH']}", "AWS_ENDPOINT_URL": address, "AWS_PAGER": "",
                "AWS_EC2_METADATA_DISABLED": "true", "AWS_DEFAULT_REGION": "eu-central-1",
                "RULES": str(ROOT / "Tests/cloudwatch")}
            # The administrator's keys, until the device has its own.
            administrator = {"AWS_ACCESS_KEY_ID": ROOT_KEY, "AWS_SECRET_ACCESS_KEY": ROOT_SECRET}
            keys = None
            for number, block in enumerate(blocks(), 1):
                script = block
                if keys:
                    script = script.replace("AKIA…", keys["AccessKeyId"]).replace("= …", f"= {keys['SecretAccessKey']}")
                is_device = "gst-launch-1.0" in block or "timepiece doctor" in block
                script = PRELUDE + ("export AWS_REGION=eu-central-1\n" if is_device else "") + script
                print(f"-- block {number}\n{block}", end="", flush=True)
                result = subprocess.run(
                    ["bash", "-euo", "pipefail", "-c", script], cwd=folder, text=True, timeout=180, stdin=subprocess.DEVNULL,
                    env={**environment, **({} if is_device else administrator)}, stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT)
                if result.returncode:
                    sys.exit(f"follow: block {number} ends with {result.returncode}:\n{result.stdout[-3000:]}")
                found = re.search(r'\{\s*"AccessKey".*\}', result.stdout, re.DOTALL)
                if found:
                    keys = json.loads(found[0])["AccessKey"]
                    allow(address, keys["UserName"])
            check(boto3.client("cloudwatch", endpoint_url=address, region_name="eu-central-1",
                               aws_access_key_id=ROOT_KEY, aws_secret_access_key=ROOT_SECRET))
        finally:
            servers.stdin.close()
            servers.wait(timeout=30)


def allow(address, user):
    """The emulator does not know the condition key cloudwatch:namespace, which the policy has."""
    policy = json.loads((HERE / "policy.json").read_text())
    del policy["Statement"][0]["Condition"]
    boto3.client("iam", endpoint_url=address, region_name="eu-central-1", aws_access_key_id=ROOT_KEY,
                 aws_secret_access_key=ROOT_SECRET).put_user_policy(
                     UserName=user, PolicyName="without-condition", PolicyDocument=json.dumps(policy))


def check(client):
    """The metric, the dashboard and the alarms are there, and of the same series."""
    (metric,) = client.list_metrics(Namespace="GStreamer/Video")["Metrics"]
    series = sorted((entry["Name"], entry["Value"]) for entry in metric["Dimensions"])
    assert series == [("Device", "cam-01"), ("Label", "tick")], series
    (dashboard,) = client.list_dashboards()["DashboardEntries"]
    body = client.get_dashboard(DashboardName=dashboard["DashboardName"])["DashboardBody"]
    assert '"Device", "cam-01", "Label", "tick"' in body and "eu-central-1" in body
    alarms = client.describe_alarms()["MetricAlarms"]
    assert len(alarms) == 3, [alarm["AlarmName"] for alarm in alarms]
    for alarm in alarms:
        # The emulator does not return metric math.
        assert sorted((entry["Name"], entry["Value"]) for entry in alarm["Dimensions"]) in (series, []), alarm["AlarmName"]
    print("followed: the metric, the dashboard and three alarms of its series are there")


main()
