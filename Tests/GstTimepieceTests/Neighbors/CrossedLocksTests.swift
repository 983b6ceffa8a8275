import CGStreamerCheck
import Testing

/// A handler of a report may need a lock that another thread holds, which must not wait for the handler in turn.
@Suite("A handler that needs a lock of another thread", .timeLimit(.minutes(2)))
struct CrossedLocksTests {
    /// Acts in the first message of a name, in the posting thread, and lets the others pass.
    private final class FirstMessage: Sendable {
        private enum Stage { case awaited, entered, left }
        private let name: String
        private let deed: @Sendable () -> Void
        private let stage = Watched(Stage.awaited)

        init(_ name: String, _ deed: @escaping @Sendable () -> Void) {
            self.name = name
            self.deed = deed
        }

        func meet(_ message: Message) {
            guard message.structure?.name == name || message.type == name else { return }
            let isFirst = stage.update { stage in
                guard stage == .awaited else { return false }
                stage = .entered
                return true
            }
            guard isFirst else { return }
            deed()
            stage.update { $0 = .left }
        }

        var isAtWork: Bool { stage.update { $0 == .entered } }
        func waitUntilEntered() throws {
            guard stage.wait(until: { $0 != .awaited }) else { throw TestFailure("No message \(name) came.") }
        }
        func waitUntilLeft() throws {
            guard stage.wait(until: { $0 == .left }) else { throw TestFailure("The handler of \(name) hangs.") }
        }
    }

    private static let source = "fakesrc is-live=true sync=true datarate=100000 sizetype=fixed sizemax=100"

    private static let elements = [
        ("timepiecetick name=x interval=1000000", "timepiece-tick"),
        ("timepiecewatch name=x interval=1000000", "timepiece-watch"),
    ]

    @Test(arguments: elements)
    func `settings, pauses and the end of the stream do not wait for it to return`(
        element: String, message: String
    ) throws {
        let isOpen = Watched(false)
        let first = FirstMessage(message) { _ = isOpen.wait { $0 } }
        let pipeline = try Pipeline("\(Self.source) ! \(element) ! fakesink", reaction: first.meet)
        try pipeline.play()
        defer { isOpen.update { $0 = true } }
        try first.waitUntilEntered()
        let x = try pipeline.element("x")
        for (property, text) in [
            ("interval", "0"), ("stall-timeout", "1000000"), ("stall-timeout", "0"), ("interval", "2000000"),
            ("interval", "0"),
        ] {
            x.set(property, text)
        }
        try pipeline.pause()
        try pipeline.play()
        try pipeline.end()
        #expect(first.isAtWork)
        isOpen.update { $0 = true }
        try first.waitUntilLeft()
        try pipeline.stop()
    }

    @Test(arguments: elements)
    func `the stream ends in an element while the handler restarts it`(
        element: String, message: String
    ) throws {
        let struck = Watched<Element?>(nil)
        let hasComeToEnd = Watched(false)
        let first = FirstMessage(message) {
            _ = hasComeToEnd.wait { $0 }
            // Waits for the thread of the buffers, which is in the element with the end of the stream.
            guard let x = struck.update({ $0 }) else { return }
            _ = x.set(GST_STATE_NULL)
            _ = x.set(GST_STATE_PLAYING)
        }
        let pipeline = try Pipeline("\(Self.source) ! \(element) ! fakesink", reaction: first.meet)
        let x = try pipeline.element("x")
        struck.update { $0 = x }
        let probe = try PadProbe(x, pad: "sink", GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM) { sight in
            guard let event = unsafe sight.event, unsafe event.pointee.type == GST_EVENT_EOS else { return }
            hasComeToEnd.update { $0 = true }
        }
        try pipeline.play()
        try first.waitUntilEntered()
        _ = unsafe gst_element_send_event(pipeline.element.pointer, gst_event_new_eos())
        try first.waitUntilLeft()
        struck.update { $0 = nil }
        try pipeline.stop()
        withExtendedLifetime(probe) {}
    }

    /// Elements with a message that is posted on a thread of ours, in one interval.
    private static func telling(_ folder: TemporaryDirectory) -> [(element: String, message: String)] {
        elements + [
            (
                """
                timepiecetick name=x cloudwatch-namespace=Test cloudwatch-interval=1000000000 region=us-east-1 \
                access-key=AKIAEXAMPLE secret-access-key=secret endpoint-uri=http://127.0.0.1:1 \
                cloudwatch-spool=\(folder.file("spool"))
                """, "timepiece-cloudwatch"
            )
        ]
    }

    @Test(arguments: 0..<3)
    func `an element stops while the handler waits for its state`(number: Int) throws {
        let folder = try TemporaryDirectory()
        let (element, message) = Self.telling(folder)[number]
        let struck = Watched<Element?>(nil)
        let first = FirstMessage(message) {
            _ = struck.wait { $0 != nil }
            guard let x = struck.update({ $0 }) else { return }
            // Until it is being stopped by another thread, which holds the lock that this waits for.
            while !Self.isBeingStopped(x) { g_usleep(100) }
            _ = x.set(GST_STATE_NULL)
        }
        let pipeline = try Pipeline("\(Self.source) ! \(element) ! fakesink", reaction: first.meet)
        try pipeline.play()
        try first.waitUntilEntered()
        let x = try pipeline.element("x")
        struck.update { $0 = x }
        try pipeline.stop()
        try first.waitUntilLeft()
        struck.update { $0 = nil }
    }

    private static func isBeingStopped(_ element: Element) -> Bool {
        let pointer = unsafe element.pointer
        guard unsafe pointer.pointee.current_state == GST_STATE_PAUSED else { return false }
        guard unsafe g_rec_mutex_trylock(&pointer.pointee.state_lock) != 0 else { return true }
        unsafe g_rec_mutex_unlock(&pointer.pointee.state_lock)
        return false
    }

    @Test(arguments: 0..<3)
    func `a handler drops the last reference to the pipeline`(number: Int) throws {
        let folder = try TemporaryDirectory()
        let (element, message) = Self.telling(folder)[number]
        let held = Watched<Element?>(nil)
        let first = FirstMessage(message) {
            _ = held.wait { $0 != nil }
            let last = held.update { held in
                defer { held = nil }
                return held
            }
            _ = last?.set(GST_STATE_NULL)
        }
        var error: UnsafeMutablePointer<GError>?
        GStreamer.start()
        let made = unsafe gst_parse_launch("\(Self.source) ! \(element) ! fakesink", &error)
        let pipeline = unsafe try #require(made)
        let bus = unsafe try #require(gst_element_get_bus(pipeline))
        let log = unsafe MessageLog(taking: bus, reaction: first.meet)
        unsafe gst_object_ref_sink(pipeline)
        _ = unsafe gst_element_set_state(pipeline, GST_STATE_PLAYING)
        held.update { $0 = unsafe Element(taking: pipeline) }
        try first.waitUntilLeft()
        withExtendedLifetime(log) {}
    }
}
