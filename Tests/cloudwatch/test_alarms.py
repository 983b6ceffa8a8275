"""Judges the alarms of pipelines/cloudwatch by CloudWatch's rules, on what real cameras published.

The recordings in cameras.jsonl were made by record.py; minutes of them are put one behind the other.
"""
import json
import os
import pathlib
import unittest

from alarm_rules import ALARM, INSUFFICIENT, OK, Alarm, Store, alarms_of_template, state_of

HERE = pathlib.Path(__file__).resolve().parent
TEMPLATE = (HERE / "../../pipelines/cloudwatch/template.yaml").read_text()
START = 1_800_000_000  # a whole minute
# CloudWatch judges a minute some time after it is over.
DELAY = 30


def recorded():
    """The whole minutes of each camera, as data of PutMetricData."""
    minutes = {}
    for line in (HERE / "cameras.jsonl").read_text().splitlines():
        for datum in json.loads(line)["MetricData"]:
            label = next(entry["Value"] for entry in datum["Dimensions"] if entry["Name"] == "Label")
            minutes.setdefault(label, []).append(datum)
    return {label: data[1:-1] for label, data in minutes.items()}


CAMERAS = recorded()


class Device:
    """A stream of recorded minutes, and the alarms on it."""

    def __init__(self, fps, created=START, period=60, **parameters):
        self.store = Store()
        self.time = START
        self.period = period
        definitions = alarms_of_template(TEMPLATE, **{
            "Label": "camera", "Budget": 1.5 / fps, "MinimumFps": 0.8 * fps, "Period": period, **parameters})
        self.alarms = {name: Alarm(entry, self.store, created) for name, entry in definitions.items()}
        self.history = {name: [(created, INSUFFICIENT)] for name in self.alarms}

    def play(self, camera, minutes, share=1.0):
        """Lets minutes pass; None is a camera that is off. Of each minute a share is there."""
        for number in range(minutes):
            if camera is not None:
                datum = dict(CAMERAS[camera][number % len(CAMERAS[camera])])
                datum.update(Timestamp=self.time, Dimensions=[
                    {"Name": "Label", "Value": "camera"}, {"Name": "Device", "Value": "cam-01"}])
                if share < 1:
                    datum["Counts"] = [max(1, int(count * share)) if index == 0 else int(count * share)
                                       for index, count in enumerate(datum["Counts"])]
                self.store.put({"Namespace": "GStreamer/Video", "MetricData": [datum]})
            self.time += 60
            for name, alarm in self.alarms.items():
                state = alarm.evaluate(self.time + DELAY)
                if state != self.history[name][-1][1]:
                    self.history[name].append((self.time + DELAY, state))
        return self

    def rang(self, name):
        """When an alarm rang, in seconds since the start."""
        return [time - START for time, state in self.history[name] if state == ALARM]

    def states(self):
        return {name: alarm.state for name, alarm in self.alarms.items()}


class RulesTests(unittest.TestCase):
    """The tables of the user guide: 0 does not breach, X does, - is missing."""

    TABLES = {
        3: """0-X-X OK OK OK OK
              0---- OK OK OK OK
              ----- INSUFFICIENT_DATA same ALARM OK
              0XX-X ALARM ALARM ALARM ALARM
              ----X INSUFFICIENT_DATA same ALARM OK
              --X-- ALARM same ALARM OK
              X---- ALARM same ALARM OK""",
        2: """0-X-X ALARM ALARM ALARM ALARM
              00X0X ALARM ALARM ALARM ALARM
              0-X-- OK OK ALARM OK
              ----0 OK OK ALARM OK
              ----X INSUFFICIENT_DATA same ALARM OK
              ---X- ALARM same ALARM OK""",
    }

    def test_the_tables_of_the_user_guide(self):
        for needed, table in self.TABLES.items():
            for line in table.splitlines():
                points, *expected = line.split()
                values = [{"0": False, "X": True, "-": None}[letter] for letter in points]
                for missing, state in zip(("missing", "ignore", "breaching", "notBreaching"), expected):
                    for current in (OK, ALARM, INSUFFICIENT):
                        self.assertEqual(state_of(values, needed, 3, missing, current),
                                         current if state == "same" else state, f"{needed} of 3: {points} {missing}")

    def test_few_samples_of_a_percentile_keep_the_state_if_configured(self):
        for treatment, rings in (("ignore", False), ("evaluate", True)):
            device = Device(30)
            alarm = device.alarms["Slow"].definition
            alarm["EvaluateLowSampleCountPercentile"] = treatment
            device.play("late", 8, share=0.5)
            self.assertEqual(bool(device.rang("Slow")), rings, treatment)


class HealthyTests(unittest.TestCase):
    def test_healthy_cameras_raise_no_alarm(self):
        for camera in ("15", "25", "30"):
            for share in (0.02, 0.5, 1):
                device = Device(int(camera)).play(camera, 1, share).play(camera, 120)
                self.assertEqual([device.rang(name) for name in device.alarms], [[], [], []], camera)
                self.assertEqual(set(device.states().values()), {OK})

    def test_healthy_streams_of_other_rates_raise_no_alarm_and_each_fault_its_own(self):
        for fps in (12.5, 24, 30000 / 1001, 50, 60):
            healthy = [(1, 1), *[(1, 1)] * 60]
            self.assertEqual(self.rung(fps, healthy), {}, fps)
            self.assertEqual(self.rung(fps, [(0.1, 1), *healthy]), {}, fps)
            for trouble, alarm in (((0, 1), "VideoStopped"), ((0.6, 1), "LowFps"), ((1, 2), "Slow")):
                rang = self.rung(fps, [(1, 1)] * 10 + [trouble] * 10)
                self.assertEqual(list(rang), [alarm], fps)
                self.assertLessEqual(rang[alarm][0] - 600, 240 + DELAY, fps)

    @staticmethod
    def rung(fps, minutes):
        """When which alarm rang, of minutes with a share of the frames, one interval in twenty some times as long."""
        device = Device(fps)
        for number, (share, late) in enumerate(minutes):
            frames = (int((number + 1) * 60 * fps) - int(number * 60 * fps)) * share
            if frames:
                slow = int(frames / 20)
                # Around the interval as much as a camera jitters.
                values = [round(factor / fps, 4) for factor in (0.8, 1, 1.2)] + [round(1.01 * late / fps, 4)]
                device.store.put({"Namespace": "GStreamer/Video", "MetricData": [{
                    "MetricName": "frame_processing_time", "Timestamp": device.time, "Values": values,
                    "Counts": [int(frames / 4), int(frames / 2) - slow, int(frames / 4), slow], "Dimensions": [
                        {"Name": "Label", "Value": "camera"}, {"Name": "Device", "Value": "cam-01"}]}]})
            device.play(None, 1)
        return {name: device.rang(name) for name in device.alarms if device.rang(name)}

    def test_a_stream_that_ends_and_restarts_raises_no_alarm_within_four_minutes(self):
        device = Device(30).play("30", 10).play("30", 1, 0.3).play(None, 3).play("30", 1, 0.3).play("30", 10)
        self.assertEqual([device.rang(name) for name in device.alarms], [[], [], []])

    def test_a_new_device_that_starts_within_the_hour_raises_no_alarm(self):
        device = Device(30).play(None, 50).play("30", 1, 0.1).play("30", 20)
        self.assertEqual([device.rang(name) for name in device.alarms], [[], [], []])

    def test_a_new_device_that_never_starts_raises_an_alarm_after_the_hour(self):
        device = Device(30).play(None, 70)
        self.assertEqual(device.rang("VideoStopped"), [3600 + DELAY])

    def test_alarms_created_while_it_publishes_evaluate_at_once(self):
        device = Device(30, created=START + 600).play("30", 20)
        self.assertEqual(set(device.states().values()), {OK})


class TroubleTests(unittest.TestCase):
    def test_a_camera_that_stops_raises_the_right_alarm_within_the_stated_minutes(self):
        for camera in ("15", "30"):
            for second in (1, 10, 30, 59):
                device = Device(int(camera)).play(camera, 10).play(camera, 1, second / 60).play(None, 10)
                last_frame = 600 + second
                (time,) = device.rang("VideoStopped")
                self.assertTrue(240 <= time - last_frame <= 360, f"{camera} fps, second {second}: {time - last_frame} s")
                self.assertEqual(device.rang("LowFps") + device.rang("Slow"), [])
                device.play("30", 4)
                self.assertEqual(device.states()["VideoStopped"], OK)

    def test_a_camera_at_sixty_percent_raises_low_fps_within_five_minutes(self):
        device = Device(30).play("30", 10).play("sixty", 10)
        (time,) = device.rang("LowFps")
        self.assertLessEqual(time - 600, 240)
        self.assertEqual(device.rang("VideoStopped"), [])
        device.play("30", 6)
        self.assertEqual(set(device.states().values()), {OK})

    def test_late_frames_raise_slow_within_five_minutes_and_nothing_else(self):
        device = Device(30).play("30", 10).play("late", 10)
        (time,) = device.rang("Slow")
        self.assertLessEqual(time - 600, 240)
        self.assertEqual(device.rang("VideoStopped") + device.rang("LowFps"), [])
        device.play("30", 6)
        self.assertEqual(set(device.states().values()), {OK})

    def test_alarms_return_to_ok_after_the_fault(self):
        for definition in alarms_of_template(TEMPLATE, Topic="arn:aws:sns:eu-central-1:1:t").values():
            self.assertEqual(definition["OKActions"], definition["AlarmActions"])
            self.assertTrue(definition["OKActions"])

    def test_a_budget_of_one_interval_would_raise_an_alarm_forever(self):
        device = Device(30, Budget=0.0333).play("30", 20)
        self.assertEqual(device.states()["Slow"], ALARM)


class IntervalTests(unittest.TestCase):
    """cloudwatch-interval: one datum in each interval."""

    def published(self, interval, period):
        """The alarms that ring after the first ten minutes, for a camera of 10 fps that comes in data of an interval."""
        device = Device(10, period=period, WarmUp=0)
        store = Store()
        for at in range(0, 2400, interval):
            store.put({"Namespace": "GStreamer/Video", "MetricData": [{
                "MetricName": "frame_processing_time", "Timestamp": START + at, "Values": [0.1],
                "Counts": [10 * interval], "Dimensions": [
                    {"Name": "Label", "Value": "camera"}, {"Name": "Device", "Value": "cam-01"}]}]})
        for alarm in device.alarms.values():
            alarm.store = store
        device.play(None, 40)
        return [name for name, alarm in device.alarms.items()
                if alarm.state == ALARM or any(time > 600 for time in device.rang(name))]

    def test_intervals_that_fit_the_period_raise_no_alarm(self):
        for interval, period in ((10, 60), (30, 60), (60, 60), (120, 120), (240, 240)):
            self.assertEqual(self.published(interval, period), [], interval)

    def test_refused_intervals_would_raise_an_alarm(self):
        for interval in (45, 240):
            self.assertTrue(self.published(interval, 60), interval)


if __name__ == "__main__":
    os.chdir(HERE)
    unittest.main()
