import TimepieceMessages

/// Fields as the elements post them, to be changed by a test.
enum SampleFields {
    static let intervals: [(name: String, value: FieldValue)] = [
        ("num-intervals", .unsigned(29)), ("min-interval", .unsigned(30_000_000)),
        ("max-interval", .unsigned(40_000_000)), ("avg-interval", .unsigned(33_000_000)),
        ("sum-interval", .unsigned(957_000_000)), ("stddev-interval", .unsigned(1_000_000)),
        ("p50-interval", .unsigned(33_000_000)), ("p90-interval", .unsigned(35_000_000)),
        ("p99-interval", .unsigned(39_000_000)),
    ]

    static let times: [(name: String, value: FieldValue)] = [
        ("timestamp", .unsigned(5_000_000_000)), ("stream-time", .unsigned(4_000_000_000)),
        ("running-time", .unsigned(.max)), ("duration", .unsigned(1_000_000_000)),
    ]

    static let tick = MessageFields(
        name: "timepiece-tick",
        entries: [("label", .text("cam"))] + times + [("num-buffers", .unsigned(30)), ("num-bytes", .unsigned(3_000))]
            + intervals + [
                ("average-rate", .real(30.3)), ("nominal-rate", .real(30)), ("bitrate", .real(24_000)),
                ("since-last-buffer", .unsigned(7)), ("num-disconts", .unsigned(1)), ("total-buffers", .unsigned(90)),
                ("total-bytes", .unsigned(9_000)),
                ("intervals", .list([.unsigned(33_000_000), .unsigned(34_000_000)])),
            ])

    static let pipeline = MessageFields(
        name: "timepiece-pipeline",
        entries: [
            ("pipeline", .text("pipeline0")), ("timestamp", .unsigned(.max)), ("running-time", .unsigned(4)),
            ("duration", .unsigned(1_000_000_000)),
            (
                "elements",
                .list([
                    .fields(
                        MessageFields(
                            name: "element",
                            entries: [
                                ("element", .text("decodebin0/avdec_h264-0")), ("factory", .text("avdec_h264")),
                                ("num-buffers", .unsigned(30)), ("num-bytes", .unsigned(300)),
                                ("average-rate", .real(30)), ("work-time", .unsigned(900)), ("p50-work", .unsigned(29)),
                                ("p90-work", .unsigned(30)), ("p99-work", .unsigned(31)), ("max-work", .unsigned(32)),
                                ("load", .real(0.9)), ("wait-time", .unsigned(7)), ("wait-reason", .text("clock")),
                            ]))
                ])
            ),
            (
                "queues",
                .list([
                    .fields(
                        MessageFields(
                            name: "queue",
                            entries: [
                                ("element", .text("queue0")), ("pad", .text("sink")), ("num-buffers", .unsigned(30)),
                                ("level-buffers", .unsigned(2)), ("max-level-buffers", .unsigned(3)),
                                ("p50-dwell", .unsigned(1)), ("p99-dwell", .unsigned(2)), ("max-dwell", .unsigned(3)),
                                ("full-time", .unsigned(800)), ("empty-time", .unsigned(0)),
                                ("num-dropped", .unsigned(4)),
                            ]))
                ])
            ),
            (
                "threads",
                .list([
                    .fields(
                        MessageFields(
                            name: "thread",
                            entries: [
                                ("thread", .text("queue0:src")), ("cpu-time", .unsigned(11)),
                                ("run-queue-time", .unsigned(12)), ("elements", .list([.text("a"), .text("b")])),
                            ]))
                ])
            ),
            (
                "bottleneck",
                .fields(MessageFields(name: "bottleneck", entries: [("reason", .text("Nothing is slow."))]))
            ),
        ])

    static func watch(_ name: String, children: [MessageFields] = []) -> MessageFields {
        MessageFields(
            name: "timepiece-watch",
            entries: [("label", .text(name)), ("watch", .text(name))] + times + intervals + [
                ("self-time", .unsigned(12)), ("share", .real(0.25)), ("num-unmatched", .unsigned(2)),
                ("children", .list(children.map { .fields($0) })),
            ])
    }
}

extension MessageFields {
    /// The same without a field.
    func without(_ field: String) -> MessageFields {
        MessageFields(name: name, entries: entries.filter { $0.name != field })
    }

    /// The same with another value, at the end if the field is new.
    func with(_ field: String, _ value: FieldValue) -> MessageFields {
        MessageFields(name: name, entries: entries.filter { $0.name != field } + [(field, value)])
    }
}
