"""Typed messages of Timepiece's elements and of its tracer, from a Gst.Message.

    message = timepiece_messages.parse(gst_message)
    if isinstance(message, timepiece_messages.Tick):
        print(message.label, message.average_rate)

One file without dependencies but PyGObject: copy it or install it. parse() returns None for a message that is not one
of Timepiece's, raises MessageError for one that lacks a field, and ignores fields that this version does not know.
Durations and times are int nanoseconds; a time is None if it is unknown.
"""
from __future__ import annotations

import dataclasses
import functools
from typing import Mapping, Optional, Tuple, Type, Union

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GObject, Gst  # noqa: E402

__all__ = ["Alarm", "Bottleneck", "CloudWatch", "Intervals", "Message", "MessageError", "OpenTelemetry", "Pipeline",
           "PipelineElement", "PipelineQueue", "PipelineThread", "Resume", "Stall", "Tick", "Watch", "parse",
           "parse_structure"]

_NONE = Gst.CLOCK_TIME_NONE


class MessageError(ValueError):
    """A message of Timepiece lacks a field, or has it in another type."""

    def __init__(self, message: str, field: str, expected: Optional[str] = None):
        self.message, self.field, self.expected = message, field, expected
        super().__init__(f"The message {message} has no field {field!r}." if expected is None else
                         f"The field {field!r} of the message {message} is not {expected}.")


@dataclasses.dataclass(frozen=True)
class Intervals:
    """The intervals between buffers, or the laps of a watch; all 0 if there was none."""
    count: int
    min: int
    max: int
    avg: int
    sum: int
    stddev: int
    p50: int
    p90: int
    p99: int


@dataclasses.dataclass(frozen=True)
class Tick:
    """The report of timepiecetick about one window."""
    label: str
    timestamp: Optional[int]
    stream_time: Optional[int]
    running_time: Optional[int]
    duration: int
    num_buffers: int
    num_bytes: int
    intervals: Intervals
    average_rate: float
    nominal_rate: float
    bitrate: float
    since_last_buffer: int
    num_disconts: int
    total_buffers: int
    total_bytes: int
    #: These five are 0 where a message of an older version does not have them.
    num_gaps: int
    num_headers: int
    num_freezes: int
    freeze_duration: int
    num_jumps: int
    recent: Tuple[int, ...]


@dataclasses.dataclass(frozen=True)
class Watch:
    """The report of timepiecewatch about one window: the watch with all watches below it."""
    label: str
    watch: str
    timestamp: Optional[int]
    stream_time: Optional[int]
    running_time: Optional[int]
    duration: int
    laps: Intervals
    self_time: int
    share: float
    num_unmatched: int
    #: These three are 0 where a message of an older version does not have them.
    num_merged: int
    in_flight: int
    oldest_in_flight: int
    children: Tuple[Watch, ...]


@dataclasses.dataclass(frozen=True)
class Alarm:
    """The firing of an alarm; due and fired are on the alarm's own clock."""
    label: str
    alarm: str
    kind: str
    count: int
    due: Optional[int]
    fired: Optional[int]
    running_time: Optional[int]


@dataclasses.dataclass(frozen=True)
class Stall:
    """A stream is stalled or trickles, or a buffer in flight is overdue; posted again with each report."""
    label: str
    since_last_buffer: int
    last_running_time: Optional[int]
    reason: str


@dataclasses.dataclass(frozen=True)
class Resume:
    """A stall is over."""
    label: str
    stalled_for: int
    reason: str


@dataclasses.dataclass(frozen=True)
class _Publishing:
    label: str
    sent: int
    retried: int
    dropped: int
    spooled: int
    throttled: int
    uncertain: int
    requests: int
    #: Since 1970, and so is last_success.
    oldest: Optional[int]
    last_success: Optional[int]
    skew: int
    dropped_by_reason: Mapping[str, int]
    last_error: Optional[str]


@dataclasses.dataclass(frozen=True)
class CloudWatch(_Publishing):
    """The status of publishing to CloudWatch, since the element was started."""


@dataclasses.dataclass(frozen=True)
class OpenTelemetry(_Publishing):
    """The status of publishing in OpenTelemetry's protocol, since the element was started."""


@dataclasses.dataclass(frozen=True)
class PipelineElement:
    """What one element did; work is own time, without waiting."""
    element: str
    factory: str
    num_buffers: int
    num_bytes: int
    average_rate: float
    work_time: int
    p50_work: int
    p90_work: int
    p99_work: int
    max_work: int
    load: float
    wait_time: int
    wait_reason: str
    #: In its first message only.
    start_time: Optional[int]


@dataclasses.dataclass(frozen=True)
class PipelineQueue:
    """A pad through which buffers enter an element that stores them."""
    element: str
    pad: str
    num_buffers: int
    level_buffers: int
    max_level_buffers: int
    p50_dwell: int
    p99_dwell: int
    max_dwell: int
    full_time: int
    empty_time: int
    num_dropped: int


@dataclasses.dataclass(frozen=True)
class PipelineThread:
    """A thread that buffers pass on."""
    thread: str
    cpu_time: int
    run_queue_time: int
    elements: Tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Bottleneck:
    """The element that makes a pipeline slow; element and headroom are None if unknown, or if nothing is slow."""
    element: Optional[str]
    reason: str
    headroom: Optional[float]


@dataclasses.dataclass(frozen=True)
class Pipeline:
    """The tracer's report of one pipeline in one window."""
    pipeline: str
    timestamp: Optional[int]
    running_time: Optional[int]
    duration: int
    elements: Tuple[PipelineElement, ...]
    queues: Tuple[PipelineQueue, ...]
    threads: Tuple[PipelineThread, ...]
    bottleneck: Bottleneck

    @property
    def label(self) -> str:
        return self.pipeline


Message = Union[Tick, Watch, Alarm, Stall, Resume, CloudWatch, OpenTelemetry, Pipeline]


class _Fields:
    """The fields of a structure in their types, or an error that names one."""

    def __init__(self, structure: Gst.Structure):
        self._structure = structure
        self._name = structure.get_name()

    def _value(self, field, kind, expected):
        if not self._structure.has_field(field):
            raise MessageError(self._name, field)
        if not GObject.type_is_a(self._structure.get_field_type(field), kind):
            raise MessageError(self._name, field, expected)
        return self._structure.get_value(field)

    def uint(self, field) -> int:
        return self._value(field, GObject.TYPE_UINT64, "an unsigned integer of 64 bits")

    def later_uint(self, field) -> int:
        return self.uint(field) if self._structure.has_field(field) else 0

    def integer(self, field) -> int:
        return self._value(field, GObject.TYPE_INT64, "an integer of 64 bits")

    def date(self, field) -> Optional[int]:
        return self.integer(field) or None

    def counts_after(self, prefix) -> Mapping[str, int]:
        names = (self._structure.nth_field_name(index) for index in range(self._structure.n_fields()))
        return {name[len(prefix):]: self.uint(name) for name in names if name.startswith(prefix)}

    def time(self, field) -> Optional[int]:
        value = self.uint(field)
        return None if value == _NONE else value

    def real(self, field) -> float:
        return self._value(field, GObject.TYPE_DOUBLE, "a double")

    def optional_text(self, field) -> Optional[str]:
        return self._value(field, GObject.TYPE_STRING, "a string")

    def text(self, field) -> str:
        value = self.optional_text(field)
        if value is None:
            raise MessageError(self._name, field, "a string")
        return value

    def array(self, field, kind, expected) -> tuple:
        # PyGObject shows an array as a list, an empty one included.
        items = tuple(self._value(field, Gst.ValueArray, expected) or ())
        if not all(isinstance(item, kind) for item in items):
            raise MessageError(self._name, field, expected)
        return items

    def has(self, field) -> bool:
        return self._structure.has_field(field)

    def fields(self, field) -> "_Fields":
        return _Fields(self._value(field, Gst.Structure, "a structure"))

    def rows(self, field) -> tuple:
        return tuple(_Fields(row) for row in self.array(field, Gst.Structure, "an array of structures"))

    def intervals(self) -> Intervals:
        return Intervals(*(self.uint(field + "-interval" + ("s" if field == "num" else ""))
                           for field in ("num", "min", "max", "avg", "sum", "stddev", "p50", "p90", "p99")))


def _tick(fields: _Fields) -> Tick:
    return Tick(
        fields.text("label"), fields.time("timestamp"), fields.time("stream-time"), fields.time("running-time"),
        fields.uint("duration"), fields.uint("num-buffers"), fields.uint("num-bytes"), fields.intervals(),
        fields.real("average-rate"), fields.real("nominal-rate"), fields.real("bitrate"),
        fields.uint("since-last-buffer"), fields.uint("num-disconts"), fields.uint("total-buffers"),
        fields.uint("total-bytes"), fields.later_uint("num-gaps"), fields.later_uint("num-headers"),
        fields.later_uint("num-freezes"), fields.later_uint("freeze-duration"), fields.later_uint("num-jumps"),
        fields.array("intervals", int, "an array of integers"))


def _watch(fields: _Fields) -> Watch:
    return Watch(
        fields.text("label"), fields.text("watch"), fields.time("timestamp"), fields.time("stream-time"),
        fields.time("running-time"), fields.uint("duration"), fields.intervals(), fields.uint("self-time"),
        fields.real("share"), fields.uint("num-unmatched"),
        fields.later_uint("num-merged"), fields.later_uint("in-flight"), fields.later_uint("oldest-in-flight"),
        tuple(_watch(_Fields(child)) for child in fields.array("children", Gst.Structure, "an array of structures")))


def _alarm(fields: _Fields) -> Alarm:
    return Alarm(
        fields.text("label"), fields.text("alarm"), fields.text("kind"), fields.uint("count"), fields.time("due"),
        fields.time("fired"), fields.time("running-time"))


def _stall(fields: _Fields) -> Stall:
    return Stall(
        fields.text("label"), fields.uint("since-last-buffer"), fields.time("last-running-time"), fields.text("reason"))


def _resume(fields: _Fields) -> Resume:
    return Resume(fields.text("label"), fields.uint("stalled-for"), fields.text("reason"))


def _publishing(kind: Type[_Publishing], fields: _Fields) -> _Publishing:
    return kind(
        fields.text("label"), fields.uint("sent"), fields.uint("retried"), fields.uint("dropped"),
        fields.uint("spooled"), fields.uint("throttled"), fields.uint("uncertain"), fields.uint("requests"),
        fields.date("oldest"), fields.date("last-success"), fields.integer("skew"), fields.counts_after("dropped-"),
        fields.optional_text("last-error"))


def _pipeline_element(fields: _Fields) -> PipelineElement:
    return PipelineElement(
        fields.text("element"), fields.text("factory"), fields.uint("num-buffers"), fields.uint("num-bytes"),
        fields.real("average-rate"), fields.uint("work-time"), fields.uint("p50-work"), fields.uint("p90-work"),
        fields.uint("p99-work"), fields.uint("max-work"), fields.real("load"), fields.uint("wait-time"),
        fields.text("wait-reason"), fields.uint("start-time") if fields.has("start-time") else None)


def _pipeline_queue(fields: _Fields) -> PipelineQueue:
    return PipelineQueue(
        fields.text("element"), fields.text("pad"), fields.uint("num-buffers"), fields.uint("level-buffers"),
        fields.uint("max-level-buffers"), fields.uint("p50-dwell"), fields.uint("p99-dwell"), fields.uint("max-dwell"),
        fields.uint("full-time"), fields.uint("empty-time"), fields.uint("num-dropped"))


def _pipeline_thread(fields: _Fields) -> PipelineThread:
    return PipelineThread(
        fields.text("thread"), fields.uint("cpu-time"), fields.uint("run-queue-time"),
        fields.array("elements", str, "an array of strings"))


def _pipeline(fields: _Fields) -> Pipeline:
    verdict = fields.fields("bottleneck")
    return Pipeline(
        fields.text("pipeline"), fields.time("timestamp"), fields.time("running-time"), fields.uint("duration"),
        tuple(map(_pipeline_element, fields.rows("elements"))), tuple(map(_pipeline_queue, fields.rows("queues"))),
        tuple(map(_pipeline_thread, fields.rows("threads"))),
        Bottleneck(
            verdict.text("element") if verdict.has("element") else None, verdict.text("reason"),
            verdict.real("headroom") if verdict.has("headroom") else None))


_READERS = {
    "timepiece-tick": _tick,
    "application/x-timepiece-tick-stats": _tick,
    "timepiece-watch": _watch,
    "application/x-timepiece-watch-stats": _watch,
    "timepiece-alarm": _alarm,
    "timepiece-stall": _stall,
    "timepiece-resume": _resume,
    "timepiece-cloudwatch": functools.partial(_publishing, CloudWatch),
    "timepiece-otlp": functools.partial(_publishing, OpenTelemetry),
    "timepiece-pipeline": _pipeline,
}


def parse_structure(structure: Gst.Structure) -> Optional[Message]:
    """Reads a structure, of a message or of the property stats; None if it is not one of Timepiece's."""
    reader = _READERS.get(structure.get_name())
    return reader(_Fields(structure)) if reader else None


def parse(message: Gst.Message) -> Optional[Message]:
    """Reads a message of the bus; None if it is not one of Timepiece's."""
    if message.type != Gst.MessageType.ELEMENT:
        return None
    structure = message.get_structure()
    return None if structure is None else parse_structure(structure)
