import Testing

/// An invalid alarm, and the message about it.
struct BadAlarm: Sendable, CustomTestStringConvertible {
    let text: String
    let sentence: String
    var testDescription: String { text }

    init(_ text: String, _ sentence: String) {
        self.text = text
        self.sentence = sentence
    }
}

extension BadAlarm {
    private static let form =
        "it is not of the form kind,field=value,…, entries separated by semicolons."
    private static let duration =
        "but it has to be a duration longer than 0 with units, such as 250ms, 5s, 1m30s (h, m, s, ms, us, ns)."
    private static let time =
        "but it has to be a time after 1970 such as 2026-11-22T12:00:00Z, 2026-11-22T12:00:00+01:00 or, in local "
        + "time, 2026-11-22T12:00:00."

    private static let kinds =
        [
            BadAlarm("cron,every=5s", #"its kind is "cron", but it has to be at, interval, ordinal or after."#),
            BadAlarm("Interval,every=5s", #"its kind is "Interval", but it has to be at, interval, ordinal or after."#),
        ]
        + ["5s", "[", "é", "interval{"].map {
            BadAlarm("\($0),each=1", "its kind is \"\($0)\", but it has to be at, interval, ordinal or after.")
        }
    private static let durations =
        [
            "5", "5d", "5sec", "0s", "0ms", "-5s", "+5s", "s", "1m30", "1e3s", "0x5s", ".5s", "5.s", "0.4ns",
            "1m 30s",
        ]
        .map { BadAlarm("interval,every=(string)\"\($0)\"", "every is \"\($0)\", \(duration)") } + [
            BadAlarm("interval,every=-1", "every is \"-1\", \(duration)"),
            BadAlarm("interval,every=300000000h", "every is \"300000000h\", \(duration)"),
            BadAlarm("interval,every=99999999999999999999s", "every is \"99999999999999999999s\", \(duration)"),
            BadAlarm("after,after=0s", "after is \"0s\", \(duration)"),
            BadAlarm("after,after=true", "after is \"true\", \(duration)"),
        ]
    private static let times =
        [
            "2026-11-22", "noon", "2026-13-22T12:00:00Z", "2026-11-22T25:00:00Z", "2026-11-22T12:00:00 CET",
            "2026-11-22T12:00:00X", "2026-11-22T12:00:00+99:99", "2026-11-22T12:00:00+99:00",
            "2026-11-22T12:00:00+14:01", "2026-11-22T12:00:00-15", "1970-01-01T00:00:00Z", "1931-05-01T00:00:00Z",
            "9999-01-01T00:00:00Z",
        ].map { BadAlarm("at,time=(string)\"\($0)\"", "time is \"\($0)\", \(time)") }
    private static let numbers =
        ["0", "-3", "1.5", "x", "2147483648", "99999999999999999999"].map {
            BadAlarm(
                "ordinal,each=(string)\"\($0)\"",
                "each is \"\($0)\", but it has to be a number from 1 to 2147483647.")
        } + [
            BadAlarm("ordinal,each=0", #"each is "0", but it has to be a number from 1 to 2147483647."#),
            BadAlarm("ordinal,each=1,count=0", #"count is "0", but it has to be a number from 1 to 2147483647."#),
            BadAlarm("interval,every=1s,count=-1", #"count is "-1", but it has to be a number from 1 to 2147483647."#),
        ]
    private static let fields = [
        BadAlarm("interval,every=1s,clock=wall", #"clock is "wall", but it has to be monotonic or running-time."#),
        BadAlarm("ordinal,each=1,clock=monotonic", "it has a clock, which only interval and after can have."),
        BadAlarm(
            "at,time=2100-01-01T00:00:00Z,clock=running-time",
            "it has a clock, which only interval and after can have."),
        BadAlarm("ordinal,each=1,action=stop", #"action is "stop", but it has to be message, force-key-unit or eos."#),
        BadAlarm("after,after=1s,count=2", "it has a count, but fires only once."),
        BadAlarm("at,time=2100-01-01T00:00:00Z,count=1", "it has a count, but fires only once."),
        BadAlarm("interval,every=1s,each=2", "it has a field each; known are name, every, clock, action and count."),
        BadAlarm("interval", "the field every is missing."),
        BadAlarm("interval,", "the field every is missing."),
        BadAlarm("ordinal,every=5s", "it has a field every; known are name, each, clock, action and count."),
        BadAlarm("ordinal,name=\"\",each=5", "its name is empty."),
        BadAlarm(
            "ordinal,name=\(String(repeating: "n", count: 1_025)),each=5",
            "its name has 1025 bytes, but may have at most 1024."),
    ]
    /// GStreamer itself would be critical of some of these.
    private static let types = [
        ("(taglist)t", "taglist"), ("( GstTagList )t", "GstTagList"), ("(structure)\"a, b=(taglist)t\"", "structure"),
        ("(GstCaps)x", "GstCaps"), ("(float)1", "float"), ("()x", ""),
    ].map { value, type in
        BadAlarm(
            "ordinal,name=\(value),each=1",
            "a value has the type (\(type)), but may have none but (string), (int) and their kin.")
    }
    private static let nested = ["{ (GstCaps)x }", "[1, 2]", "<1>", "[a, b=[\"c, d=(taglist)[[\"\"[\"|6\"", "{"].map {
        value in
        BadAlarm(
            "ordinal,name=\(value),each=1",
            "a value begins with '\(value.prefix(1))', but may be one text or number, and no list, range or structure.")
    }
    private static let forms = [
        "interval,every=", "interval,every", ",", "interval every=5s",
        "interval,every=\"5s", "interval,every=5s}", "interval,every=5s\\", "interval,every=(string", "ordinal,=5",
        "ordinal,each=5 name=x", "ordinal,each=\"5\"name=x", "ordinal,name=é,each=5", "ordinal,each=5,,name=x",
    ].map { BadAlarm($0, form) }

    static let all = kinds + durations + times + numbers + fields + types + nested + forms
}
