"""The measured configurations: each is X in `fakesrc ! X ! fakesink`."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Limit:
    """The limit of a cost, as a multiple of another one."""

    other: str
    ratio: float


@dataclasses.dataclass(frozen=True)
class Configuration:
    name: str
    middle: str
    rows: int = 1
    environment: tuple = ()
    # The configuration that is subtracted: the same pipeline without the measured element.
    base: str = "nothing"
    limits: tuple = ()
    # An expensive configuration uses fewer buffers, so that rounds stay short.
    share: float = 1.0


def _tracer(name):
    return (("GST_TRACERS", name), ("GST_DEBUG", "GST_TRACER:7"), ("GST_DEBUG_FILE", "/dev/null"))


def alarms(count):
    # None is ever due, so the measured buffers fire nothing.
    entries = "; ".join(f"ordinal,name=a{number},each=1000000000" for number in range(count))
    return f'timepiecetick alarms="{entries}"'


def configurations(endpoint):
    """Returns all configurations; `endpoint` is the address of a server for CloudWatch's requests."""
    cloudwatch = (
        "cloudwatch-namespace=Benchmark region=us-east-1 access-key=benchmark "
        f"secret-access-key=benchmark endpoint-uri={endpoint}")
    tick = "timepiecetick"
    return [
        Configuration("nothing", ""),
        Configuration("refnothing", "refnothing"),
        Configuration("refclock", "refclock"),
        Configuration("reftransform", "reftransform"),
        Configuration("refstamp ! refread", "refstamp ! refread"),
        Configuration("identity", "identity"),
        Configuration("identity signal-handoffs=false", "identity signal-handoffs=false"),
        Configuration("clocksync sync=false", "clocksync sync=false"),
        Configuration("perf", "perf"),
        Configuration(
            tick, tick,
            limits=(
                Limit("refclock", 1.10), Limit("identity", 0.50),
                Limit("identity signal-handoffs=false", 0.65))),
        Configuration("timepiecetick interval=100ms", "timepiecetick interval=100000000", limits=(Limit(tick, 1.03),)),
        Configuration("timepiecetick, 1,000 alarms", alarms(1_000), limits=(Limit(tick, 1.03),)),
        Configuration("timepiecetick, 100,000 alarms", alarms(100_000), limits=(Limit(tick, 1.03),)),
        Configuration("timepiecetick to CloudWatch", f"timepiecetick {cloudwatch}", limits=(Limit(tick, 1.03),)),
        Configuration(
            "timepiecetick stall-timeout=1s", "timepiecetick stall-timeout=1000000000", limits=(Limit(tick, 1.03),)),
        Configuration("timepiecewatch around", "timepiecewatch", limits=(Limit(tick, 1.40),)),
        Configuration(
            "timepiecewatch start ! stop",
            "timepiecewatch watch=pair edge=start ! timepiecewatch watch=pair edge=stop",
            limits=(Limit("refstamp ! refread", 1.20),)),
        Configuration("ten timepiecetick in a row", " ! ".join([tick] * 10), limits=(Limit(tick, 10.0),), share=0.4),
        Configuration("ten refclock in a row", " ! ".join(["refclock"] * 10), share=0.4),
        Configuration("nothing on two threads", "", rows=2, base="nothing on two threads"),
        Configuration("refclock on two threads", "refclock", rows=2, base="nothing on two threads"),
        Configuration(
            "timepiecetick on two threads", tick, rows=2, base="nothing on two threads",
            limits=(Limit("refclock on two threads", 1.10),)),
        # Three pushes per buffer. The core tracer's records are not written.
        Configuration("identity ! identity", "identity ! identity"),
        Configuration(
            "a tracer with one hook", "identity ! identity", environment=(("GST_TRACERS", "reftracer"),),
            base="identity ! identity"),
        Configuration(
            "tracer stats, unwritten", "identity ! identity", environment=(("GST_TRACERS", "stats"),),
            base="identity ! identity"),
        Configuration(
            "tracer timepiece", "identity ! identity", environment=(("GST_TRACERS", "timepiece"),),
            base="identity ! identity",
            limits=(Limit("a tracer with one hook", 1.25), Limit("tracer stats, unwritten", 0.72))),
        Configuration("tracer latency", "", environment=_tracer("latency"), share=0.2),
        Configuration("tracer stats", "", environment=_tracer("stats"), share=0.2),
        Configuration("tracer rusage", "", environment=_tracer("rusage"), share=0.2),
    ]
