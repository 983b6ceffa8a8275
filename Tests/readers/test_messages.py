"""Reads each message with the Python module, with all its fields and without each one."""
import dataclasses
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "apps" / "python"))
import timepiece_messages
from gi.repository import GObject, Gst

TIMES = "timestamp=(guint64)5, stream-time=(guint64)18446744073709551615, running-time=(guint64)3, duration=(guint64)1000"
INTERVALS = ("num-intervals=(guint64)29, min-interval=(guint64)1, max-interval=(guint64)9, avg-interval=(guint64)5, "
             "sum-interval=(guint64)145, stddev-interval=(guint64)2, p50-interval=(guint64)5, p90-interval=(guint64)8, "
             "p99-interval=(guint64)9")
TICK = (f"timepiece-tick, label=(string)cam, {TIMES}, num-buffers=(guint64)30, num-bytes=(guint64)300, {INTERVALS}, "
        "average-rate=(double)29.5, nominal-rate=(double)30, bitrate=(double)2400, since-last-buffer=(guint64)7, "
        "num-disconts=(guint64)1, total-buffers=(guint64)90, total-bytes=(guint64)900, intervals=(guint64)<4,6>")
# Additional fields of messages of this version, which can also be read without them.
LATER_TICK = TICK.replace(", intervals=", ", num-gaps=(guint64)11, num-headers=(guint64)12, num-freezes=(guint64)13, "
                          "freeze-duration=(guint64)14, num-jumps=(guint64)15, intervals=")
LATER_WATCH = ", num-merged=(guint64)16, in-flight=(guint64)17, oldest-in-flight=(guint64)18"
FLAT = [
    TICK,
    "timepiece-alarm, label=(string)cam, alarm=(string)beat, kind=(string)interval, count=(guint64)2, "
    "due=(guint64)10, fired=(guint64)11, running-time=(guint64)9",
    "timepiece-stall, label=(string)cam, since-last-buffer=(guint64)5, last-running-time=(guint64)4, "
    "reason=(string)trickle",
    "timepiece-resume, label=(string)cam, stalled-for=(guint64)6, reason=(string)standstill",
    "timepiece-cloudwatch, label=(string)cam, sent=(guint64)1, retried=(guint64)2, dropped=(guint64)3, "
    "spooled=(guint64)4, last-error=(string)NULL, throttled=(guint64)1, uncertain=(guint64)0, requests=(guint64)9, "
    "oldest=(gint64)0, last-success=(gint64)1700000000000000000, skew=(gint64)-5",
]
FLAT.append(FLAT[-1].replace("timepiece-cloudwatch", "timepiece-otlp"))


def structure(text):
    return Gst.Structure.from_string(text)[0]


def watch(name, children=(), later=""):
    made = structure(f"timepiece-watch, label=(string){name}, watch=(string){name}, {TIMES}, {INTERVALS}, "
                     f"self-time=(guint64)12, share=(double)0.5, num-unmatched=(guint64)2{later}")
    made.set_value("children", Gst.ValueArray(list(children)))
    return made


def pipeline(verdict="bottleneck, reason=(string)calm"):
    made = structure("timepiece-pipeline, pipeline=(string)pipeline0, timestamp=(guint64)5, running-time=(guint64)4, "
                     "duration=(guint64)1000")
    made.set_value("elements", Gst.ValueArray([structure(
        "element, element=(string)dec/enc, factory=(string)x264enc, num-buffers=(guint64)30, num-bytes=(guint64)300, "
        "average-rate=(double)30, work-time=(guint64)900, p50-work=(guint64)29, p90-work=(guint64)30, "
        "p99-work=(guint64)31, max-work=(guint64)32, load=(double)0.9, wait-time=(guint64)7, "
        "wait-reason=(string)clock")]))
    made.set_value("queues", Gst.ValueArray([structure(
        "queue, element=(string)queue0, pad=(string)sink, num-buffers=(guint64)30, level-buffers=(guint64)2, "
        "max-level-buffers=(guint64)3, p50-dwell=(guint64)1, p99-dwell=(guint64)2, max-dwell=(guint64)3, "
        "full-time=(guint64)800, empty-time=(guint64)0, num-dropped=(guint64)4")]))
    made.set_value("threads", Gst.ValueArray([structure(
        "thread, thread=(string)queue0:src, cpu-time=(guint64)11, run-queue-time=(guint64)12, "
        "elements=(string)<dec/enc>")]))
    made.set_value("bottleneck", structure(verdict))
    return made


class Messages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        Gst.init(None)

    def test_every_message_is_read(self):
        kinds = [type(timepiece_messages.parse_structure(structure(text))).__name__ for text in FLAT]
        self.assertEqual(kinds, ["Tick", "Alarm", "Stall", "Resume", "CloudWatch", "OpenTelemetry"])

    def test_a_pipeline_is_read_with_all_its_rows(self):
        read = timepiece_messages.parse_structure(pipeline())
        self.assertEqual((read.label, read.duration), ("pipeline0", 1000))
        self.assertEqual((read.elements[0].element, read.elements[0].load), ("dec/enc", 0.9))
        self.assertIsNone(read.elements[0].start_time)
        self.assertEqual(read.queues[0].num_dropped, 4)
        self.assertEqual((read.threads[0].thread, read.threads[0].elements), ("queue0:src", ("dec/enc",)))
        self.assertEqual(read.bottleneck, timepiece_messages.Bottleneck(None, "calm", None))
        slow = timepiece_messages.parse_structure(
            pipeline("bottleneck, element=(string)enc, reason=(string)slow, headroom=(double)1.5"))
        self.assertEqual(slow.bottleneck, timepiece_messages.Bottleneck("enc", "slow", 1.5))

    def test_a_missing_field_of_a_pipeline_is_an_error_that_names_it(self):
        whole = pipeline()
        for index in range(whole.n_fields()):
            field = whole.nth_field_name(index)
            less = pipeline()
            less.remove_field(field)
            with self.subTest(field), self.assertRaises(timepiece_messages.MessageError) as caught:
                timepiece_messages.parse_structure(less)
            self.assertEqual(caught.exception.field, field)

    def test_a_missing_field_is_an_error_that_names_it(self):
        for text in FLAT:
            whole = structure(text)
            for index in range(whole.n_fields()):
                field = whole.nth_field_name(index)
                less = structure(text)
                less.remove_field(field)
                with self.subTest(field), self.assertRaises(timepiece_messages.MessageError) as caught:
                    timepiece_messages.parse_structure(less)
                self.assertEqual(caught.exception.field, field)

    def test_an_array_of_something_else_is_an_error(self):
        parent, tick = watch("root"), structure(TICK)
        parent.set_value("children", Gst.ValueArray(["one", "two"]))
        tick.set_value("intervals", Gst.ValueArray(["one"]))
        for wrong, field in ((parent, "children"), (tick, "intervals")):
            with self.subTest(field), self.assertRaises(timepiece_messages.MessageError) as caught:
                timepiece_messages.parse_structure(wrong)
            self.assertEqual(caught.exception.field, field)

    def test_a_field_of_another_type_is_an_error(self):
        wrong = structure(TICK)
        wrong.set_value("bitrate", "fast")
        with self.assertRaisesRegex(timepiece_messages.MessageError, "'bitrate' .* not a double"):
            timepiece_messages.parse_structure(wrong)

    def test_unknown_fields_are_ignored(self):
        newer = structure(TICK)
        newer.set_value("jitter", 3.5)
        self.assertEqual(timepiece_messages.parse_structure(newer), timepiece_messages.parse_structure(structure(TICK)))

    def test_values_have_their_types(self):
        tick = timepiece_messages.parse_structure(structure(TICK))
        self.assertEqual((tick.label, tick.intervals.p99, tick.recent), ("cam", 9, (4, 6)))
        self.assertIsNone(tick.stream_time)

    def test_fields_of_later_versions_are_read_and_0_if_missing(self):
        for text, values in ((TICK, (0, 0, 0, 0, 0)), (LATER_TICK, (11, 12, 13, 14, 15))):
            tick = timepiece_messages.parse_structure(structure(text))
            self.assertEqual(
                (tick.num_gaps, tick.num_headers, tick.num_freezes, tick.freeze_duration, tick.num_jumps), values)
            self.assertEqual((tick.total_bytes, tick.recent), (900, (4, 6)))
        for later, values in (("", (0, 0, 0)), (LATER_WATCH, (16, 17, 18))):
            tree = timepiece_messages.parse_structure(watch("root", [watch("a", later=later)], later))
            for read in (tree, tree.children[0]):
                self.assertEqual((read.num_merged, read.in_flight, read.oldest_in_flight), values)

    def test_a_field_of_a_later_version_with_another_type_is_an_error(self):
        for field, whole in (("num-jumps", structure(LATER_TICK)), ("in-flight", watch("root", later=LATER_WATCH))):
            whole.set_value(field, "many")
            with self.subTest(field), self.assertRaises(timepiece_messages.MessageError) as caught:
                timepiece_messages.parse_structure(whole)
            self.assertEqual(caught.exception.field, field)

    def test_an_absent_error_is_none(self):
        self.assertIsNone(timepiece_messages.parse_structure(structure(FLAT[4])).last_error)

    def test_dropped_data_are_counted_by_reason(self):
        status = structure(FLAT[4])
        status.set_value("dropped-too-old", GObject.Value(GObject.TYPE_UINT64, 3))
        self.assertEqual(timepiece_messages.parse_structure(status).dropped_by_reason, {"too-old": 3})

    def test_a_watch_is_read_with_all_its_children(self):
        tree = timepiece_messages.parse_structure(watch("root", [watch("a", [watch("b")])]))
        self.assertEqual(tree.children[0].children[0].watch, "b")
        self.assertEqual(tree.children[0].children[0].children, ())

    def test_other_messages_are_none(self):
        self.assertIsNone(timepiece_messages.parse(Gst.Message.new_eos(None)))
        self.assertIsNone(timepiece_messages.parse(Gst.Message.new_element(None, structure("level, rms=(double)1"))))

    def run_pipeline(self, description, seconds=20):
        """The element messages of a pipeline, until it ends."""
        pipeline = Gst.parse_launch(description)
        pipeline.set_state(Gst.State.PLAYING)
        bus, found = pipeline.get_bus(), []
        kinds = Gst.MessageType.ELEMENT | Gst.MessageType.EOS | Gst.MessageType.ERROR
        while message := bus.timed_pop_filtered(seconds * Gst.SECOND, kinds):
            if message.type != Gst.MessageType.ELEMENT:
                break
            found.append(message)
        self.assertEqual(message and message.type, Gst.MessageType.EOS)
        stats = pipeline.get_by_name("t").get_property("stats")
        # Publishing posts its last message when it stops.
        pipeline.set_state(Gst.State.READY)
        while message := bus.pop():
            if message.type == Gst.MessageType.ELEMENT:
                found.append(message)
        pipeline.set_state(Gst.State.NULL)
        return found, stats

    def test_every_field_that_the_elements_post_is_read(self):
        # More than a pipe holds, so that it stops when the pipeline has begun.
        source = subprocess.Popen(["sh", "-c", "head -c 409600 /dev/zero; sleep 1; head -c 40960 /dev/zero"],
                                  stdout=subprocess.PIPE)
        # An address where no program listens, so that publishing posts a message.
        found, stats = self.run_pipeline(
            f"fdsrc fd={source.stdout.fileno()} blocksize=4096 ! timepiecewatch watch=around"
            " ! timepiecetick name=t label=made interval=200000000 stall-timeout=300000000 alarms=ordinal,name=fiftieth,each=50"
            " cloudwatch-namespace=Test region=us-east-1 access-key=a secret-access-key=b cloudwatch-spool=none"
            " endpoint-uri=http://127.0.0.1:9 cloudwatch-interval=1000000000"
            " otlp-endpoint=http://127.0.0.1:9 otlp-spool=none ! fakesink")
        source.wait()
        source.stdout.close()
        seen = set()
        for message in found:
            fields = message.get_structure()
            read = timepiece_messages.parse(message)
            seen.add(type(read).__name__)
            names = {field.name for field in dataclasses.fields(read)}
            inner = {"intervals", "laps"} & names if type(read).__name__ in ("Tick", "Watch") else set()
            known = {name.replace("_", "-") for name in names - inner - {"recent"}}
            if inner:
                known |= {"num-intervals"} | {name + "-interval" for name in
                                              ("min", "max", "avg", "sum", "stddev", "p50", "p90", "p99")}
            told = {fields.nth_field_name(index) for index in range(fields.n_fields())} - {"intervals"}
            told = {name for name in told if not name.startswith("dropped-")}
            with self.subTest(type(read).__name__):
                self.assertEqual(told, known - {"dropped-by-reason"})
        self.assertEqual(seen, {"Tick", "Watch", "Alarm", "Stall", "Resume", "CloudWatch", "OpenTelemetry"})
        self.assertEqual(timepiece_messages.parse_structure(stats).total_buffers, 110)
        posted = {field.replace("_", "-") for field in timepiece_messages.OpenTelemetry.__dataclass_fields__}
        for name in ("cloudwatch", "otlp"):
            state = stats.get_value(name)
            told = {state.nth_field_name(index) for index in range(state.n_fields())}
            self.assertEqual({field for field in told if not field.startswith("dropped-")},
                             posted - {"dropped-by-reason"})


if __name__ == "__main__":
    unittest.main()
