"""CloudWatch's alarm rules, as its user guide states them, over data as PutMetricData takes them.

No emulator judges alarms, so the tests and the demonstration do it by this. The rules and where they stand in the
"Amazon CloudWatch User Guide":

- "Alarm evaluation" (alarm-evaluation.html): the alarm is judged by the latest N = EvaluationPeriods points; it is in ALARM
  if at least M = DatapointsToAlarm of them breach.
- "Configuring how CloudWatch alarms treat missing data" (alarms-and-missing-data.html): more points than N are retrieved, the
  evaluation range; in the guide's tables five for N = 3. With at least N real points the latest N of them decide. With fewer,
  all of them and as few filled-in ones as possible do. With `ignore` and `missing`, real points that only breach retain the
  state, or give ALARM if the oldest is at least M points old ("premature alarm state"), else INSUFFICIENT_DATA.
  How long the range is for other N the guide does not say; N + 2 is taken, which fits the tables.
- "Percentile-based alarms and low data samples" (percentiles-with-low-samples.html): with `ignore`, a percentile p of fewer
  than 10 / (1 - p) samples leaves the state as it was.
- "Alarm warm-up periods" (alarm-warm-up.html): until they are over, or N points are there, the state is INSUFFICIENT_DATA.
- "Using metric math" (using-metric-math.html): + - * /, PERIOD.
"""
import ast
import math
import operator
import re

import yaml

OK, ALARM, INSUFFICIENT = "OK", "ALARM", "INSUFFICIENT_DATA"
COMPARISONS = {"LessThanThreshold": operator.lt, "LessThanOrEqualToThreshold": operator.le,
               "GreaterThanThreshold": operator.gt, "GreaterThanOrEqualToThreshold": operator.ge}


def state_of(points, needed, periods, missing, current):
    """The state by the points of an evaluation range, oldest first: True breaches, False does not, None is missing."""
    real = [point for point in points if point is not None]
    if len(real) >= periods:
        return ALARM if sum(real[-periods:]) >= needed else OK
    breaching = sum(real)
    if missing == "breaching":
        return ALARM if breaching + periods - len(real) >= needed else OK
    if missing == "notBreaching" or breaching < len(real) or breaching >= needed:
        return ALARM if breaching >= needed else OK
    # Only breaching points, too few of them, or none at all.
    if missing == "ignore":
        return current
    ages = [age for age, point in enumerate(reversed(points), 1) if point]
    return ALARM if ages and ages[-1] >= needed else INSUFFICIENT


class Store:
    """The data of PutMetricData, by metric and dimensions."""

    def __init__(self):
        self.data = {}

    def put(self, request, shift=0):
        """Takes the body of a request; its times are shifted by seconds."""
        for datum in request["MetricData"]:
            key = self.key(request["Namespace"], datum["MetricName"], datum.get("Dimensions", []))
            self.data.setdefault(key, []).append((datum["Timestamp"] + shift, datum))

    @staticmethod
    def key(namespace, metric, dimensions):
        return namespace, metric, frozenset((entry["Name"], entry["Value"]) for entry in dimensions)

    def samples(self, key, start, end):
        """The samples in a time, as a list of (value, count)."""
        return [pair for time, datum in self.data.get(key, []) if start <= time < end
                for pair in zip(datum["Values"], datum.get("Counts", [1] * len(datum["Values"])))]

    def statistic(self, key, name, start, end):
        """A statistic and the number of samples; None if nothing is there."""
        samples = sorted(self.samples(key, start, end))
        count = sum(number for _, number in samples)
        if not count:
            return None, 0
        if name == "SampleCount":
            return count, count
        if name == "Sum":
            return sum(value * number for value, number in samples), count
        rank, seen = max(1, math.ceil(float(name[1:]) / 100 * count)), 0  # nearest rank
        for value, number in samples:
            seen += number
            if seen >= rank:
                return value, count
        raise AssertionError


class Alarm:
    """An alarm as PutMetricAlarm takes it, and the state that it is in."""

    def __init__(self, definition, store, created=0):
        self.definition, self.store, self.created = definition, store, created
        self.state = INSUFFICIENT
        self.is_warm = False

    @property
    def period(self):
        queries = self.definition.get("Metrics", [])
        return int(self.definition.get("Period") or next(q["MetricStat"]["Period"] for q in queries if "MetricStat" in q))

    def evaluate(self, now):
        """Looks at the periods that are over; returns the state."""
        given = self.definition
        periods = given["EvaluationPeriods"]
        end = now - now % self.period
        points = [self.point(end - self.period * age) for age in range(periods + 2, 0, -1)]
        warm_up = (given.get("WarmUpConfiguration") or {}).get("WarmUpPeriodDurationInMinutes", 0) * 60
        if not self.is_warm and now < self.created + warm_up:
            if sum(point is not None for point in points) < periods:
                return self.state
            self.is_warm = True
        if any(point == "too few" for point in points):
            return self.state
        self.state = state_of(points, given.get("DatapointsToAlarm", periods), periods,
                              given.get("TreatMissingData", "missing"), self.state)
        return self.state

    def point(self, start):
        """Whether the period from `start` breaches; None if it has no data."""
        value, count = self.value(start)
        if value is None:
            return None
        percentile = self.definition.get("ExtendedStatistic")
        if percentile and self.definition.get("EvaluateLowSampleCountPercentile") == "ignore":
            if count < 10 / (1 - float(percentile[1:]) / 100) - 1e-6:
                return "too few"
        return COMPARISONS[self.definition["ComparisonOperator"]](value, float(self.definition["Threshold"]))

    def value(self, start):
        given, end = self.definition, start + self.period
        if "Metrics" not in given:
            key = Store.key(given["Namespace"], given["MetricName"], given["Dimensions"])
            return self.store.statistic(key, given.get("Statistic") or given["ExtendedStatistic"], start, end)
        values, shown = {}, None
        for query in given["Metrics"]:
            if "MetricStat" in query:
                metric = query["MetricStat"]["Metric"]
                key = Store.key(metric["Namespace"], metric["MetricName"], metric["Dimensions"])
                values[query["Id"]] = self.store.statistic(key, query["MetricStat"]["Stat"], start, end)[0]
            if query.get("ReturnData", True):
                shown = query
        if any(value is None for value in values.values()):
            return None, 0
        return calculate(ast.parse(shown["Expression"], mode="eval").body, values, self.period), 1


OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


def calculate(node, values, period):
    """Metric math."""
    if isinstance(node, ast.Name):
        return values[node.id]
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.BinOp):
        return OPERATORS[type(node.op)](calculate(node.left, values, period), calculate(node.right, values, period))
    if isinstance(node, ast.Call) and node.func.id == "PERIOD":
        return period
    raise ValueError(f"metric math that is not known here: {ast.dump(node)}")


def alarms_of_template(template, **parameters):
    """The alarms of a CloudFormation template with parameters, as PutMetricAlarm takes them, by their logical names."""
    class Loader(yaml.SafeLoader):
        pass

    def condition(loader, node):
        name, then, otherwise = loader.construct_sequence(node, deep=True)
        return then if is_met[name] else otherwise

    def substitute(loader, node):
        return re.sub(r"\$\{([^}]+)\}", lambda match: str(values[match[1]]), loader.construct_scalar(node))

    head = yaml.load(template.partition("Conditions:")[0], yaml.SafeLoader)
    values = {name: entry.get("Default") for name, entry in head["Parameters"].items()}
    unknown = set(parameters) - set(values)
    assert not unknown, f"the template has no parameter {unknown}"
    values.update(parameters)
    is_met = {"HasTopic": values["Topic"] != "", "HasWarmUp": values.get("WarmUp", 0) != 0}
    Loader.add_constructor("!Sub", substitute)
    Loader.add_constructor("!Ref", lambda loader, node: values.get(node.value))
    Loader.add_constructor("!If", condition)
    for name in ("!Not", "!Equals"):
        Loader.add_constructor(name, lambda loader, node: None)
    resources = yaml.load(template, Loader)["Resources"]
    return {name: {key: value for key, value in entry["Properties"].items() if value is not None}
            for name, entry in resources.items() if entry["Type"] == "AWS::CloudWatch::Alarm"}
