import CGStreamerCheck
import Testing

/// The effects of the elements' CloudWatch properties on the bus and in `stats`; requests are tested without GStreamer.
@Suite("CloudWatch properties", .serialized, .timeLimit(.minutes(2)))
struct CloudWatchElementTests {
    private static let fields = [
        "gchararray label", "guint64 sent", "guint64 retried", "guint64 dropped", "guint64 spooled",
        "gchararray last-error", "guint64 throttled", "guint64 uncertain", "guint64 requests", "gint64 oldest",
        "gint64 last-success", "gint64 skew",
    ]
    /// Keys and a region, so that nothing of the machine's own is asked.
    private static let keys = "region=us-east-1 access-key=AKIAEXAMPLE secret-access-key=secret"

    @Test(arguments: ["tick", "watch"])
    func `make a message when a failure is counted, and stats with the same fields`(element: String) throws {
        let folder = try TemporaryDirectory()
        _ = folder.file("spool-journal")
        let pipeline = try Pipeline(
            """
            fakesrc datarate=100000 sizetype=fixed sizemax=1000 ! timepiece\(element) name=t label=here \
            cloudwatch-namespace=Test cloudwatch-interval=1000000000 \(Self.keys) \
            cloudwatch-spool=\(folder.file("spool")) endpoint-uri=http://127.0.0.1:1 ! fakesink
            """)
        try pipeline.play()
        let told = pipeline.messages.wait { messages in
            messages.contains { $0.structure?.unsigned("spooled") ?? 0 > 0 }
        }
        #expect(told)
        let structure = try #require(pipeline.messages.structures("timepiece-cloudwatch", from: "t").last)
        #expect(structure.fields.map { "\($0.type) \($0.name)" } == Self.fields)
        #expect(structure.text("label") == "here")
        #expect(structure.unsigned("sent") == 0 && structure.unsigned("dropped") == 0)
        #expect(try #require(structure.unsigned("retried")) > 0 && #require(structure.unsigned("requests")) > 0)
        #expect(structure.text("last-error")?.contains("127.0.0.1:1") == true)
        #expect(try #require(structure.signed("oldest")) > 0 && structure.signed("last-success") == 0)
        guard case .structure(let stats)? = try pipeline.element("t").stats()["cloudwatch"] else {
            throw TestFailure("The property stats has no field cloudwatch.")
        }
        #expect(stats.name == "cloudwatch")
        #expect(stats.fields.map { "\($0.type) \($0.name)" } == Self.fields)
        try pipeline.stop()
        #expect(try pipeline.element("t").stats()["cloudwatch"] == nil)
    }

    @Test func `are read back as they were set, except the keys, which are not readable`() throws {
        let element = try Element(factory: "timepiecetick")
        #expect(element.get("cloudwatch-interval") == .unsigned(60_000_000_000))
        #expect(
            element.get("cloudwatch-allow-http") == .flag(false) && element.get("cloudwatch-dry-run") == .flag(false))
        element.set("cloudwatch-allow-http", "true")
        #expect(
            element.get("cloudwatch-allow-http") == .flag(true) && element.get("cloudwatch-dry-run") == .flag(false))
        for property in [
            "cloudwatch-namespace", "region", "profile", "endpoint-uri", "cloudwatch-spool", "cloudwatch-emf",
        ] {
            element.set(property, "x-\(property)")
            #expect(element.get(property) == .text("x-\(property)"))
        }
    }

    @Test(arguments: [
        ("cloudwatch-namespace=AWS/Video", "namespace"),
        ("cloudwatch-namespace=T cloudwatch-interval=1500000000", "cloudwatch-interval"),
        ("cloudwatch-namespace=T cloudwatch-dimensions=\"dimensions,Device=(string)\\\"\\\"\"", "dimension"),
        ("cloudwatch-namespace=T endpoint-uri=http://emulator:4566", "plain http"),
        ("cloudwatch-namespace=T cloudwatch-spool=/proc/timepiece/spool", "cloudwatch-spool"),
        ("cloudwatch-namespace=T cloudwatch-emf=mailto:x", "cloudwatch-emf"),
        ("cloudwatch-namespace=T profile=there-is-no-such-profile", "there-is-no-such-profile"),
    ])
    func `that are invalid fail the change to PAUSED, and a sentence says why`(settings: String, words: String) throws {
        let pipeline = try Pipeline("fakesrc ! timepiecetick name=t \(Self.keys) \(settings) ! fakesink")
        #expect(throws: TestFailure.self) { try pipeline.pause() }
        let complaint = try #require(pipeline.messages.all.first { $0.type == "error" && $0.source == "t" }?.complaint)
        #expect(complaint.domain == "gst-resource-error-quark")
        #expect(complaint.code == Int(GST_RESOURCE_ERROR_SETTINGS.rawValue))
        #expect(complaint.text.contains(words), "\(complaint.text)")
        #expect(complaint.text.hasSuffix("."))
    }

    @Test(arguments: [
        ("Device=cam-01,Site=north", "Device=(string)cam-01, Site=(string)north;"),
        ("dimensions,Device=cam-01,Site=north", "Device=(string)cam-01, Site=(string)north;"),
        ("Site=007", "Site=(string)007;"), (#"Device="cam,1", Site=a=b"#, "Device=(string)cam,1, Site=(string)a=b;"),
        ("Device=AA:BB:CC:DD:EE:FF", "Device=(string)AA:BB:CC:DD:EE:FF;"),
    ])
    func `take dimensions with and without a name`(text: String, shown: String) throws {
        let element = try Element(factory: "timepiecetick")
        element.set("cloudwatch-dimensions", text)
        guard case .other(let read) = element.get("cloudwatch-dimensions") else {
            throw TestFailure("\(text) is not taken.")
        }
        #expect(read.filter { !"\\\"".contains($0) } == "dimensions, \(shown)")
    }

    @Test(arguments: ["timepiecetick alarms=\"every=5s\"", "timepiecetick alarms=\"after,after=1s,action=eoss\""])
    func `a wrong alarm that was set before there is a bus is posted when the pipeline starts`(element: String) throws {
        let pipeline = try Pipeline("fakesrc num-buffers=1 ! \(element) ! fakesink")
        try pipeline.pause()
        let complaint = pipeline.messages.all.first { $0.type == "warning" }?.complaint
        #expect(complaint?.code == Int(GST_RESOURCE_ERROR_SETTINGS.rawValue))
        #expect(complaint?.text.isEmpty == false)
    }

    @Test func `a failure to send metrics is one warning, from one of many elements`() throws {
        let place = """
            cloudwatch-namespace=T cloudwatch-spool=none cloudwatch-interval=1000000000 endpoint-uri=http://127.0.0.1:1 \
            \(Self.keys)
            """
        let pipeline = try Pipeline(
            """
            fakesrc datarate=10000 sizetype=fixed sizemax=1000 ! timepiecetick label=a \(place) ! timepiecetick label=b \
            \(place) ! fakesink
            """)
        try pipeline.play()
        #expect(pipeline.messages.wait { messages in messages.contains { $0.type == "warning" } })
        try pipeline.stop()
        let warnings = pipeline.messages.all.filter { $0.type == "warning" }
        #expect(warnings.count == 1)
        #expect(warnings.first?.complaint?.text.hasPrefix("Metrics cannot be sent to CloudWatch. ") == true)
    }

    @Test(arguments: [
        ("cloudwatch-interval=45000000000", "neither divides 60 s"),
        ("cloudwatch-interval=240000000000", "--interval 240"),
    ])
    func `an interval that does not fit a minute causes a warning`(setting: String, words: String) throws {
        let pipeline = try Pipeline(
            """
            fakesrc num-buffers=1 ! timepiecetick cloudwatch-namespace=T cloudwatch-spool=none cloudwatch-dry-run=true \
            \(setting) ! fakesink
            """)
        try pipeline.pause()
        #expect(pipeline.messages.all.contains { $0.type == "warning" && $0.complaint?.text.contains(words) == true })
    }

    @Test func `two elements that publish one series are warned about`() throws {
        let tick = """
            timepiecetick label=same cloudwatch-namespace=Twice cloudwatch-spool=none cloudwatch-dry-run=true \
            cloudwatch-dimensions=Device=cam-01
            """
        let pipeline = try Pipeline("fakesrc num-buffers=1 ! \(tick) ! \(tick) ! fakesink")
        try pipeline.pause()
        let warnings = pipeline.messages.all.filter { $0.type == "warning" }.compactMap { $0.complaint?.text }
        #expect(warnings.count == 1 && warnings[0].contains("Twice frame_processing_time"))
    }

    @Test func `let plain http go to another machine where that is allowed`() throws {
        let pipeline = try Pipeline(
            """
            fakesrc num-buffers=1 ! timepiecetick cloudwatch-namespace=T \(Self.keys) cloudwatch-spool=none \
            endpoint-uri=http://emulator.invalid:4566 cloudwatch-allow-http=true ! fakesink
            """)
        try pipeline.playToEnd()
    }
}
