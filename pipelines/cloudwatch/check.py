"""Checks what lies here: the templates by cfn-lint, the command lines by running them against moto, Terraform's by reading.

All must come to the same dashboard and the same alarms. It needs the packages of Tests/python-packages.txt. With the path of
the tool, what the tool makes for other names is checked as well.
"""

import json
import logging
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import boto3
import hcl2
import yaml
from moto.server import ThreadedMotoServer

HERE = pathlib.Path(__file__).resolve().parent
BIN = os.path.dirname(sys.executable)
sys.path.insert(0, str(HERE.parents[1] / "Tests/cloudwatch"))

from alarm_rules import alarms_of_template  # noqa: E402

SAME = ["AlarmDescription", "Namespace", "MetricName", "Statistic", "ExtendedStatistic", "Period",
        "ComparisonOperator", "Threshold", "EvaluationPeriods", "DatapointsToAlarm", "TreatMissingData",
        "EvaluateLowSampleCountPercentile"]
# Names as devices, sites and streams have them.
NAMES = [[], ["--device", "AA:BB:CC:DD:EE:FF", "--fps", "15"], ["--device", "cam.front.local", "--label", "main stream"],
         ["--namespace", "My-Cameras 2", "--device", "cam 1", "--dimension", "Site=north", "--dimension", "My-Line=a,b=(c)"],
         ["--watch", "--budget", "0.02", "--no-device", "--interval", "300", "--warm-up", "0"]]


def names(dimensions):
    return sorted((entry["Name"], entry["Value"]) for entry in dimensions)


def picture(alarms):
    """Alarms as a service describes them, without what may differ in form."""
    pictures = {}
    for alarm in alarms:
        own = {key: alarm.get(key) for key in SAME}
        own["Threshold"] = float(own["Threshold"])
        own["Dimensions"] = names(alarm.get("Dimensions") or [])
        own["Metrics"] = []
        for query in alarm.get("Metrics") or []:
            stat = query.get("MetricStat") or {"Metric": {}}
            metric = stat["Metric"]
            own["Metrics"].append([
                query["Id"], query.get("Expression"), query.get("Label"), query.get("ReturnData", True), stat.get("Stat"),
                stat.get("Period"), metric.get("Namespace"), metric.get("MetricName"), names(metric.get("Dimensions", []))])
        pictures[alarm["AlarmName"]] = own
    return pictures


def of_terraform(text):
    """The alarms of a Terraform configuration, as PutMetricAlarm takes them, and their warm-up."""
    def bare(value):
        if isinstance(value, str):
            return value.strip('"')
        if isinstance(value, list):
            return [bare(entry) for entry in value]
        if isinstance(value, dict):
            return {bare(key): bare(entry) for key, entry in value.items() if key != "__is_block__"}
        return value

    def dimensions(given):
        return [{"Name": name, "Value": value} for name, value in (given or {}).items()]

    alarms = []
    for resource in bare(hcl2.loads(text))["resource"]:
        ((given,),) = [list(entry.values()) for entry in resource.values()]
        alarm = {re.sub(r"(^|_)(.)", lambda match: match[2].upper(), key): value for key, value in given.items()}
        alarm["EvaluateLowSampleCountPercentile"] = alarm.pop("EvaluateLowSampleCountPercentiles", None)
        alarm["Dimensions"] = dimensions(given.get("dimensions"))
        alarm["Metrics"] = []
        for query in given.get("metric_query", []):
            entry = {"Id": query["id"], "ReturnData": query["return_data"]}
            if "metric" in query:
                metric = query["metric"][0]
                entry["MetricStat"] = {"Stat": metric["stat"], "Period": metric["period"], "Metric": {
                    "Namespace": metric["namespace"], "MetricName": metric["metric_name"],
                    "Dimensions": dimensions(metric["dimensions"])}}
            else:
                entry.update(Expression=query["expression"], Label=query["label"])
            alarm["Metrics"].append(entry)
        alarms.append(alarm)
    return alarms


def lint(template):
    """cfn-lint does not know WarmUpConfiguration, for which the template turns a check off: everything else is checked here."""
    text = "".join(line for line in template.splitlines(True)
                   if "WarmUpConfiguration:" not in line and "ignore_checks" not in line)
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (("template.yaml", template), ("strict.yaml", text)):
            path = os.path.join(folder, name)
            pathlib.Path(path).write_text(content)
            # W8001: without the warm-up its condition is not used.
            subprocess.run([os.path.join(BIN, "cfn-lint"), "--ignore-checks", "W8001", "W2001", "--", path], check=True)


class Service:
    """moto, and what it was told."""

    def __init__(self):
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self.server.start()
        host, port = self.server.get_host_and_port()
        self.environment = {
            "PATH": BIN + ":" + os.environ["PATH"], "AWS_REGION": "eu-central-1",
            "AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_ACCESS_KEY_ID": "AKIATEST",
            "AWS_SECRET_ACCESS_KEY": "secret", "HOME": "/nonexistent"}
        self.client = boto3.client(
            "cloudwatch", endpoint_url=self.environment["AWS_ENDPOINT_URL"], region_name="eu-central-1",
            aws_access_key_id="AKIATEST", aws_secret_access_key="secret")

    def alarms(self):
        """What it has, which is forgotten then."""
        alarms = self.client.describe_alarms()["MetricAlarms"]
        self.client.delete_alarms(AlarmNames=[alarm["AlarmName"] for alarm in alarms])
        return picture(alarms)

    def run_commands(self, script):
        subprocess.run(["sh", "-s"], input=script, check=True, env=self.environment, text=True, stdout=subprocess.DEVNULL)
        return self.alarms()

    def put(self, definitions):
        for given in definitions:
            self.client.put_metric_alarm(**{**given, "Threshold": float(given["Threshold"])})
        return self.alarms()


def check(service, template, commands, terraform, dashboard):
    lint(template)
    definitions = list(alarms_of_template(template).values())
    by_template = service.put(definitions)
    by_commands = service.run_commands(commands)
    by_terraform = picture(of_terraform(terraform))
    assert len(by_template) == 3
    for other in (by_commands, by_terraform):
        assert by_template == other, json.dumps([by_template, other], indent=1)
    warm_ups = {(alarm.get("WarmUpConfiguration") or {}).get("WarmUpPeriodDurationInMinutes", 0) for alarm in definitions}
    assert {(alarm.get("WarmUpConfiguration") or [{}])[0].get("warm_up_period_duration_in_minutes", 0)
            for alarm in of_terraform(terraform)} == warm_ups
    assert ("--warm-up-configuration" in commands) and [f"warm_up_minutes={minutes}" in commands for minutes in warm_ups] == [True]

    body = json.loads(dashboard)
    service.client.put_dashboard(DashboardName="one", DashboardBody=dashboard)
    assert json.loads(service.client.get_dashboard(DashboardName="one")["DashboardBody"]) == body
    menus = {variable["property"] for variable in body["variables"]}
    for alarm in by_template.values():
        series = alarm["Dimensions"] or alarm["Metrics"][1][-1]
        assert {name for name, _ in series} == menus, "the dashboard and the alarms are of different series"


def main():
    policy = json.loads((HERE / "policy.json").read_text())["Statement"]
    assert [statement["Action"] for statement in policy] == ["cloudwatch:PutMetricData"]
    service = Service()
    check(service, *((HERE / name).read_text() for name in ("template.yaml", "commands.sh", "alarms.tf", "dashboard.json")))
    if len(sys.argv) > 1:
        tool = os.path.abspath(sys.argv[1])

        def made(*arguments):
            return subprocess.run([tool, *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout

        for own in NAMES:
            check(service, made("alarms", *own), made("alarms", "--commands", *own), made("alarms", "--terraform", *own),
                  made("dashboard", "--region", "eu-central-1", *own))
            by_template = made("dashboard", "--cloudformation", "--region", "eu-central-1", *own)
            lint(by_template)
            properties = yaml.safe_load(by_template)["Resources"]["Dashboard"]["Properties"]
            assert re.fullmatch(r"[A-Za-z0-9_-]{1,255}", properties["DashboardName"]), properties["DashboardName"]
            by_terraform = hcl2.loads(made("dashboard", "--terraform", "--region", "eu-central-1", *own))
            assert json.loads(properties["DashboardBody"]) and "dashboard_body" in str(by_terraform)
    service.server.stop()
    print("the template, the commands and Terraform make the same three alarms, of the dashboard's series")


main()
