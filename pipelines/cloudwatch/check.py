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
import botocore.session
import botocore.validate
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
         ["--device", "Kate's \"front\" cam: a\\b ${x} %{y} `id` $HOME", "--fps", "30000/1001"],
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
            if value.startswith('"'):
                value = re.sub(r"\\(.)", r"\1", value[1:-1])
            return value.replace("$${", "${").replace("%%{", "%{")
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


class Templates:
    """Templates for one run of cfn-lint, which takes longer to start than to read them all."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.paths = []

    def add(self, template):
        """cfn-lint does not know WarmUpConfiguration, for which a template turns a check off: everything else is checked."""
        strict = "".join(line for line in template.splitlines(True)
                         if "WarmUpConfiguration:" not in line and "ignore_checks" not in line)
        for kind, text in (("template", template), ("strict", strict)):
            self.paths.append(self.folder / f"{len(self.paths)}-{kind}.yaml")
            self.paths[-1].write_text(text)

    def lint(self):
        # W8001: without the warm-up its condition is not used.
        subprocess.run(
            [os.path.join(BIN, "cfn-lint"), "--ignore-checks", "W8001", "W2001", "--", *self.paths], check=True)


class Service:
    """moto, and the requests that it received."""

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
        """Returns its alarms, and deletes them."""
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


def check(service, templates, template, commands, terraform, dashboard):
    templates.add(template)
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


def check_fleet(templates, template, commands, terraform):
    """The alarm by PromQL, which moto does not know yet: read from each of the three, and checked by botocore."""
    templates.add(template)
    (given,) = alarms_of_template(template).values()
    model = botocore.session.get_session().get_service_model("cloudwatch").operation_model("PutMetricAlarm").input_shape

    def told(name, description, interval, criteria):
        criteria = dict(criteria["PromQLCriteria"], Query=" ".join(criteria["PromQLCriteria"]["Query"].split()))
        alarm = {"AlarmName": name, "AlarmDescription": description, "EvaluationInterval": interval,
                 "EvaluationCriteria": {"PromQLCriteria": criteria}}
        report = botocore.validate.ParamValidator().validate(alarm, model)
        assert not report.has_errors(), report.generate_report()
        return alarm

    by_template = told(*(given[name] for name in (
        "AlarmName", "AlarmDescription", "EvaluationInterval", "EvaluationCriteria")))
    with tempfile.TemporaryDirectory() as folder:
        aws = pathlib.Path(folder) / "aws"
        aws.write_text(f"#!{sys.executable}\nimport json, sys\njson.dump(sys.argv[1:], open({folder + '/said'!r}, 'w'))\n")
        aws.chmod(0o755)
        subprocess.run(["sh", "-s"], input=commands, check=True, text=True,
                       env={"PATH": folder + ":" + os.environ["PATH"], "TOPIC": "arn:aws:sns:eu-west-1:1:t"})
        said = json.loads((pathlib.Path(folder) / "said").read_text())
    assert said[:2] == ["cloudwatch", "put-metric-alarm"], said
    options = dict(zip(said[2::2], said[3::2]))
    assert options["--alarm-actions"] == options["--ok-actions"] == "arn:aws:sns:eu-west-1:1:t"
    by_commands = told(options["--alarm-name"], options["--alarm-description"], int(options["--evaluation-interval"]),
                       json.loads(options["--evaluation-criteria"]))
    (resource,) = hcl2.loads(terraform)["resource"]
    (((_, own),),) = [list(entry.items()) for entry in resource.values()]
    criteria = own["evaluation_criteria"][0]["promql_criteria"][0]
    query = re.sub(r"^\W*<<-PROMQL\n|PROMQL\W*$", "", criteria["query"])
    by_terraform = told(own["alarm_name"].strip('"'), own["alarm_description"].strip('"'), own["evaluation_interval"], {
        "PromQLCriteria": {"Query": query, "PendingPeriod": criteria["pending_period"],
                           "RecoveryPeriod": criteria["recovery_period"]}})
    for other in (by_commands, by_terraform):
        assert by_template == other, json.dumps([by_template, other], indent=1)


def check_all(service, templates):
    policy = json.loads((HERE / "policy.json").read_text())["Statement"]
    assert [statement["Action"] for statement in policy] == ["cloudwatch:PutMetricData"]
    check(service, templates, *(
        (HERE / name).read_text() for name in ("template.yaml", "commands.sh", "alarms.tf", "dashboard.json")))
    if len(sys.argv) > 1:
        tool = os.path.abspath(sys.argv[1])

        def made(*arguments):
            return subprocess.run([tool, *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout

        for own in NAMES:
            check(service, templates, made("alarms", *own), made("alarms", "--commands", *own),
                  made("alarms", "--terraform", *own), made("dashboard", "--region", "eu-central-1", *own))
            by_template = made("dashboard", "--cloudformation", "--region", "eu-central-1", *own)
            templates.add(by_template)
            properties = yaml.safe_load(by_template)["Resources"]["Dashboard"]["Properties"]
            assert re.fullmatch(r"[A-Za-z0-9_-]{1,255}", properties["DashboardName"]), properties["DashboardName"]
            by_terraform = hcl2.loads(made("dashboard", "--terraform", "--region", "eu-central-1", *own))
            assert json.loads(properties["DashboardBody"]) and "dashboard_body" in str(by_terraform)
        for own in ([], ["--namespace", "My Cameras", "--interval", "300"], ["--watch"]):
            check_fleet(templates, *(made("alarms", "--promql", form, *own)
                                     for form in ("--cloudformation", "--commands", "--terraform")))


def main():
    service = Service()
    with tempfile.TemporaryDirectory() as folder:
        templates = Templates(folder)
        check_all(service, templates)
        templates.lint()
    service.server.stop()
    print("the template, the commands and Terraform make the same three alarms, of the dashboard's series")


main()
