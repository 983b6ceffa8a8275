"""The books of a receiver of OpenTelemetry's protocol: what it took, series by series, decoded by OpenTelemetry's own
messages, and whatever in it breaks the data model."""

import math

from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2
from opentelemetry.proto.metrics.v1 import metrics_pb2

DELTA = metrics_pb2.AGGREGATION_TEMPORALITY_DELTA
CUMULATIVE = metrics_pb2.AGGREGATION_TEMPORALITY_CUMULATIVE


def attributes(pairs):
    return {pair.key: pair.value.string_value for pair in pairs}


def nanoseconds(seconds):
    return round(seconds * 1e9)


class Series:
    """One series: its last point where points add up from its start, and the sum of all where they do not."""

    def __init__(self):
        self.last = None
        self.points = self.count = self.sum = self.value = 0
        self.min, self.max = math.inf, 0
        self.buckets = 0
        self.temporality = 0

    def add(self, point, temporality, problems, name):
        if self.last is not None:
            if point.time_unix_nano <= self.last.time_unix_nano:
                problems.append(f"{name}: time goes back")
            if temporality == CUMULATIVE and point.start_time_unix_nano != self.last.start_time_unix_nano:
                problems.append(f"{name}: the start moves")
            if temporality == DELTA and point.start_time_unix_nano < self.last.time_unix_nano:
                problems.append(f"{name}: intervals overlap")
        if temporality and not 0 < point.start_time_unix_nano <= point.time_unix_nano:
            problems.append(f"{name}: the start is after the end")
        self.temporality = temporality
        self.points += 1

    def number(self, point, temporality, problems, name):
        self.add(point, temporality, problems, name)
        value = point.as_int if point.HasField("as_int") else point.as_double
        if temporality == CUMULATIVE and value < self.value:
            problems.append(f"{name}: falls")
        self.value = self.value + value if temporality == DELTA else value
        self.last = point

    def histogram(self, point, temporality, problems, name):
        self.add(point, temporality, problems, name)
        if point.count != point.zero_count + sum(point.positive.bucket_counts):
            problems.append(f"{name}: the buckets hold not what was counted")
        if len(point.positive.bucket_counts) > 160:
            problems.append(f"{name}: too many buckets")
        if point.scale > 6:
            problems.append(f"{name}: scale")
        # An interval has only those extremes that are known, each for itself.
        top = 2 ** ((point.positive.offset + len(point.positive.bucket_counts)) / 2 ** point.scale)
        bottom = 0 if point.zero_count else 2 ** (point.positive.offset / 2 ** point.scale)
        for field in ("min", "max"):
            value = getattr(point, field)
            if point.count and point.HasField(field) and not bottom * (1 - 1e-9) <= value <= top * (1 + 1e-9):
                problems.append(f"{name}: {field} lies outside the buckets")
        if temporality == CUMULATIVE and point.count < self.count:
            problems.append(f"{name}: falls")
        adds = temporality == DELTA
        self.count = self.count * adds + point.count
        self.sum = self.sum * adds + nanoseconds(point.sum)
        if point.HasField("min"):
            self.min = min(self.min, nanoseconds(point.min))
        if point.HasField("max"):
            self.max = max(self.max, nanoseconds(point.max))
        self.buckets = max(self.buckets, len(point.positive.bucket_counts))
        self.last = point


class OpenTelemetryBooks:
    """What was taken under one name."""

    def __init__(self):
        self.requests = 0
        self.series = {}
        self.resource = {}
        self.problems = []
        self.times = []

    def read(self, body):
        request = metrics_service_pb2.ExportMetricsServiceRequest()
        request.ParseFromString(body)
        return request

    def take(self, request):
        for resource in request.resource_metrics:
            self.resource = attributes(resource.resource.attributes)
            for scope in resource.scope_metrics:
                if scope.scope.name != "timepiece" or not scope.scope.version:
                    self.problems.append("scope")
                names = [metric.name for metric in scope.metrics]
                if len(set(names)) != len(names):
                    self.problems.append("a metric comes twice")
                for metric in scope.metrics:
                    self.metric(metric)

    def metric(self, metric):
        kind = metric.WhichOneof("data")
        data = getattr(metric, kind)
        temporality = getattr(data, "aggregation_temporality", 0)
        if kind == "sum" and not data.is_monotonic:
            self.problems.append(f"{metric.name}: not monotonic")
        for point in data.data_points:
            labels = ",".join(f"{name}={value}" for name, value in sorted(attributes(point.attributes).items()))
            name = f"{metric.name} {labels}".strip()
            series = self.series.setdefault(name, Series())
            if kind == "exponential_histogram":
                series.histogram(point, temporality, self.problems, name)
            else:
                series.number(point, temporality, self.problems, name)
            series.unit = metric.unit

    def summary(self):
        return {
            "requests": self.requests, "problems": " ".join(self.problems), "resource": self.resource,
            "pause": int((self.times[1] - self.times[0]) * 1000) if len(self.times) > 1 else 0,
            "series": {name: {
                "points": series.points, "count": series.count, "sum": series.sum, "max": series.max,
                "min": 0 if series.min == math.inf else series.min, "value": round(series.value * 1e9),
                "temporality": series.temporality, "buckets": series.buckets, "unit": series.unit,
            } for name, series in self.series.items()}}


def partial_success(rejected, message):
    response = metrics_service_pb2.ExportMetricsServiceResponse()
    response.partial_success.rejected_data_points = rejected
    response.partial_success.error_message = message
    return response.SerializeToString()
