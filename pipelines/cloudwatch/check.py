"""Checks what lies here: the template by cfn-lint, the command lines by running them against moto.

Both must come to the same dashboard and the same alarms. It needs the packages of Tests/python-packages.txt.
"""

import json
import logging
import os
import re
import subprocess
import sys

import boto3
import yaml
from moto.server import ThreadedMotoServer

HERE = os.path.dirname(os.path.abspath(__file__))
BIN = os.path.dirname(sys.executable)
SAME = ["Namespace", "MetricName", "Dimensions", "Statistic", "ExtendedStatistic", "Period", "ComparisonOperator",
        "Threshold", "EvaluationPeriods", "DatapointsToAlarm", "TreatMissingData",
        "EvaluateLowSampleCountPercentile", "Metrics"]


def read(name):
    with open(os.path.join(HERE, name)) as file:
        return file.read()


def picture(client):
    """The dashboard and the alarms that a service has, without what differs between two stacks."""
    alarms = {
        alarm["AlarmName"]: {key: alarm.get(key) for key in SAME}
        for alarm in client.describe_alarms()["MetricAlarms"]}
    bodies = {
        entry["DashboardName"]: json.loads(client.get_dashboard(DashboardName=entry["DashboardName"])["DashboardBody"])
        for entry in client.list_dashboards()["DashboardEntries"]}
    return {"alarms": alarms, "dashboards": bodies}


def resolved(template, region):
    """The resources of the template with its defaults, as CloudFormation would make them; moto makes no alarms."""
    class Loader(yaml.SafeLoader):
        pass

    values = {name: entry["Default"] for name, entry in yaml.load(
        re.sub("!", "", template.partition("Conditions:")[0]), yaml.SafeLoader)["Parameters"].items()}
    values["AWS::Region"] = region

    def substitute(loader, node):
        return re.sub(r"\$\{([^}]+)\}", lambda match: str(values[match[1]]), loader.construct_scalar(node))

    Loader.add_constructor("!Sub", substitute)
    Loader.add_constructor("!Ref", lambda loader, node: values.get(node.value))
    Loader.add_constructor("!If", lambda loader, node: None)  # without a topic there are no actions
    Loader.add_constructor("!Not", lambda loader, node: None)
    return {name: entry["Properties"] for name, entry in yaml.load(template, Loader)["Resources"].items()}


def main():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    subprocess.run([os.path.join(BIN, "cfn-lint"), os.path.join(HERE, "template.yaml")], check=True)
    template = read("template.yaml")
    body = "".join(line + "\n" for line in re.findall(r"^        (.*)$", template, re.M))
    assert read("dashboard.json") in body, "the dashboard in template.yaml is not that of dashboard.json"
    policy = json.loads(read("policy.json"))["Statement"]
    assert [statement["Action"] for statement in policy] == ["cloudwatch:PutMetricData"]

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    region = "eu-central-1"
    cloudwatch = boto3.client(
        "cloudwatch", endpoint_url=address, region_name=region, aws_access_key_id="AKIATEST",
        aws_secret_access_key="secret")

    for properties in resolved(template, region).values():
        given = {name: value for name, value in properties.items() if value is not None}
        if "DashboardBody" in given:
            cloudwatch.put_dashboard(**given)
        else:
            cloudwatch.put_metric_alarm(**{**given, "Threshold": float(given["Threshold"])})
    by_template = picture(cloudwatch)
    cloudwatch.delete_alarms(AlarmNames=list(by_template["alarms"]))
    cloudwatch.delete_dashboards(DashboardNames=list(by_template["dashboards"]))

    environment = {
        "PATH": BIN + ":" + os.environ["PATH"], "AWS_REGION": region, "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "secret", "HOME": "/nonexistent"}
    subprocess.run(["sh", os.path.join(HERE, "commands.sh")], check=True, env=environment, stdout=subprocess.DEVNULL)
    by_commands = picture(cloudwatch)
    server.stop()

    assert len(by_template["alarms"]) == 3 and len(by_template["dashboards"]) == 1, by_template
    assert by_template == by_commands, json.dumps([by_template, by_commands], indent=1, default=str)
    print("the template and the commands make the same dashboard and the same three alarms")


main()
