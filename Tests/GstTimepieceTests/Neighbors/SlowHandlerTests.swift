import CGStreamerCheck
import Testing

/// A pipeline whose handler does not return delays only itself.
@Suite("A handler that does not return", .timeLimit(.minutes(2)))
struct SlowHandlerTests {
    /// A handler that waits in the first message of a name until it is released.
    private final class Gate: Sendable {
        private let name: String
        private let state = Watched((isEntered: false, isOpen: false))

        init(_ name: String) {
            self.name = name
        }

        /// To be called for each message, in the posting thread.
        func pass(_ message: Message) {
            guard message.structure?.name == name || message.type == name else { return }
            state.update { $0.isEntered = true }
            _ = state.wait { $0.isOpen }
        }

        var isHolding: Bool { state.update { $0.isEntered && !$0.isOpen } }
        func waitUntilItHolds() throws {
            guard state.wait(until: { $0.isEntered }) else { throw TestFailure("No message \(name) came.") }
        }
        func open() { state.update { $0.isOpen = true } }
    }

    private static let source = "fakesrc is-live=true sync=true datarate=100000 sizetype=fixed sizemax=1000"

    private static let slow: [(element: String, message: String)] = [
        ("timepiecetick interval=20000000", "timepiece-tick"),
        ("timepiecewatch interval=20000000", "timepiece-watch"),
        ("identity sleep-time=200000 ! timepiecetick stall-timeout=50000000", "timepiece-stall"),
        ("identity sleep-time=200000 ! timepiecetick stall-timeout=50000000 interval=0", "timepiece-resume"),
        (
            "timepiecewatch watch=w edge=start ! queue ! identity sleep-time=400000 "
                + "! timepiecewatch watch=w edge=stop stall-timeout=50000000",
            "timepiece-stall"
        ),
    ]

    @Test(arguments: slow)
    func `does not delay reports, stalls or the end of another pipeline`(element: String, message: String) throws {
        let gate = Gate(message)
        let slow = try Pipeline("\(Self.source) ! \(element) ! fakesink", reaction: gate.pass)
        try slow.play()
        defer {
            gate.open()
            try? slow.stop()
        }
        try gate.waitUntilItHolds()
        let other = try Pipeline(
            """
            \(Self.source) ! timepiecetick interval=20000000 ! timepiecewatch interval=20000000 ! fakesink
            """)
        try other.play()
        // A stream that is stalled from its first buffer on.
        let stalled = try Harness("timepiecetick", ["stall-timeout": "50000000", "interval": "40000000"])
        stalled.begin()
        _ = try stalled.push()
        let told = other.messages.wait { (messages: [Message]) in
            let names = messages.compactMap(\.structure?.name)
            return names.filter { $0 == "timepiece-tick" }.count >= 5
                && names.filter { $0 == "timepiece-watch" }.count >= 5
        }
        #expect(told)
        #expect(
            stalled.messages.wait { (messages: [Message]) in
                messages.filter { $0.structure?.name == "timepiece-stall" }.count >= 3
            })
        try other.stop()
        #expect(gate.isHolding)
    }

    @Test func `delays its own pipeline, which continues when it returns`() throws {
        let gate = Gate("timepiece-tick")
        let pipeline = try Pipeline(
            """
            \(Self.source) ! timepiecetick name=a interval=20000000 ! timepiecetick name=b interval=20000000 \
            ! timepiecewatch name=c interval=20000000 ! fakesink
            """, reaction: gate.pass)
        try pipeline.play()
        try gate.waitUntilItHolds()
        let told = { pipeline.messages.all.compactMap(\.structure?.name).filter { $0.hasPrefix("timepiece-") }.count }
        let before = told()
        // Another pipeline's reports show that time passes.
        let other = try Pipeline("\(Self.source) ! timepiecetick interval=20000000 ! fakesink")
        try other.play()
        #expect(
            other.messages.wait { (messages: [Message]) in
                messages.filter { $0.structure?.name == "timepiece-tick" }.count >= 5
            })
        #expect(told() == before)
        gate.open()
        #expect(
            pipeline.messages.wait { (messages: [Message]) in
                messages.filter { $0.structure?.name == "timepiece-watch" }.count >= 3
            })
        try pipeline.stop()
    }

    @Test func `of many pipelines leaves threads to the rest, and none remains`() throws {
        let gate = Gate("timepiece-tick")
        let description = "\(Self.source) ! timepiecetick interval=20000000 ! fakesink"
        let slow = try (0..<8).map { _ in try Pipeline(description, reaction: gate.pass) }
        for pipeline in slow { try pipeline.play() }
        try gate.waitUntilItHolds()
        let other = try Pipeline(description)
        try other.play()
        #expect(
            other.messages.wait { (messages: [Message]) in
                messages.filter { $0.structure?.name == "timepiece-tick" }.count >= 5
            })
        try other.stop()
        gate.open()
        for pipeline in slow { try pipeline.stop() }
    }

    /// Metrics that cannot be sent, each in one interval.
    private static func publishing(_ folder: TemporaryDirectory) -> String {
        """
        \(source) ! timepiecetick cloudwatch-namespace=Test cloudwatch-interval=1000000000 region=us-east-1 \
        access-key=AKIAEXAMPLE secret-access-key=secret endpoint-uri=http://127.0.0.1:1 \
        cloudwatch-spool=\(folder.file("spool")) ! fakesink
        """
    }

    @Test(arguments: ["timepiece-cloudwatch", "warning"])
    func `of a CloudWatch status delays neither that of another pipeline nor its end`(message: String) throws {
        let folder = try TemporaryDirectory()
        let gate = Gate(message)
        let slow = try Pipeline(Self.publishing(folder), reaction: gate.pass)
        try slow.play()
        defer {
            gate.open()
            try? slow.stop()
        }
        try gate.waitUntilItHolds()
        // To the same destination, by the same sender.
        let others = try (0..<3).map { _ in try Pipeline(Self.publishing(folder)) }
        for other in others { try other.play() }
        for other in others {
            #expect(
                other.messages.wait { (messages: [Message]) in
                    messages.contains { $0.structure?.name == "timepiece-cloudwatch" }
                })
            try other.stop()
        }
        #expect(gate.isHolding)
    }
}
