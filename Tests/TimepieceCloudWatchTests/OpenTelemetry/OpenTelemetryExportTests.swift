import Synchronization
import Testing
import Timepiece
import TimepieceTelemetry
@testable import TimepieceCloudWatch
@testable import TimepieceOpenTelemetry

/// A publisher against a receiver whose books OpenTelemetry's own messages keep.
@Suite("OpenTelemetry export", .timeLimit(.minutes(3)))
struct OpenTelemetryExportTests {
    private static let label = [MetricLabel("label", "cam-01")]
    private static let secret = "a key, that nobody sees"
    private static let headers = ["OTEL_EXPORTER_OTLP_HEADERS": "x-api-key=a%20key%2C%20that%20nobody%20sees"]

    @Test(arguments: ["cumulative", "delta"])
    func `counts, sums and extremes arrive exactly, however often they are exported`(temporality: String) throws {
        let server = try FaultServer.get()
        let folder = SpoolFolder()
        let variable = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"
        let publisher = try OpenTelemetryPublisher(
            .test(
                server.address("otlp-none", temporality), spool: folder.path,
                [
                    variable: temporality, "OTEL_SERVICE_NAME": "cameras",
                    "OTEL_RESOURCE_ATTRIBUTES": "site=n%C3%B6rd,a=b",
                ]
            ))
        let source = TestSource()
        publisher.add(source, labels: Self.label)
        var sent: UInt64 = 0
        for minute in SampleMinute.all {
            source.add(minute)
            publisher.flush(within: .seconds(30))
            #expect(eventually { publisher.status.sent.data > sent && publisher.status.sent.samples == source.count })
            sent = publisher.status.sent.data
        }
        publisher.close(within: .seconds(30))
        let books = try OpenTelemetryBooks(server, "otlp-none", temporality)
        let series = "timepiece.interval label=cam-01"
        let all = source.numbers.withLock { $0 }
        #expect(books.problems == "")
        #expect(books.number(series, "count") == Int64(all.intervals.count))
        #expect(books.number(series, "sum") == Int64(all.intervals.sumNanoseconds))
        #expect(books.number(series, "max") == Int64(all.intervals.maxNanoseconds))
        #expect(books.number(series, "min") == Int64(all.intervals.minNanoseconds))
        #expect(books.number(series, "temporality") == (temporality == "delta" ? 1 : 2))
        #expect(books.unit(series) == "s")
        #expect(books.number("timepiece.buffers label=cam-01", "value") == Int64(all.buffers) * 1_000_000_000)
        #expect(books.number("timepiece.stalled_time label=cam-01", "value") == 750_000_000)
        #expect(books.resource("service.name") == "cameras")
        #expect(books.resource("site") == "nörd" && books.resource("a") == "b")
        #expect(books.resource("telemetry.sdk.name") == "timepiece")
        #expect(publisher.status.droppedInAll == SampleTally() && publisher.status.lastError == nil)
    }

    @Test(arguments: [("otlp-503", 2, 900), ("otlp-429", 1, 900), ("otlp-502", 1, 0), ("otlp-504", 1, 0)])
    func `failed requests are repeated, no sooner than requested, and nothing is lost`(
        fault: String, times: Int, milliseconds: Int
    ) throws {
        let (books, status) = try exportOnce(fault)
        #expect(books.requests == times + 1)
        #expect(books.pause >= milliseconds)
        #expect(books.number("timepiece.interval label=cam-01", "count") == 3600)
        #expect(status.retried == times && status.throttled == (fault == "otlp-429" ? 1 : 0))
        #expect(status.droppedInAll == SampleTally() && status.spooled == 0)
    }

    @Test(arguments: [
        ("otlp-400", " It said: no good, no"), ("otlp-404", ""), ("otlp-500", ""), ("otlp-501", ""),
    ])
    func `requests with a final error are not repeated, but counted and reported`(fault: String, words: String) throws {
        let (books, status) = try exportOnce(fault)
        #expect(books.requests == 1)
        #expect(status.dropped[.refused] == SampleTally(data: 4, samples: 3600))
        #expect(status.sent == SampleTally() && status.retried == 0 && status.spooled == 0 && status.isFailing)
        let code = fault.dropFirst(5)
        #expect(
            status.lastError?.hasSuffix("answered \(code). That is not tried again, and these data are lost.\(words)")
                == true)
    }

    @Test func `a partial success is not repeated, and the refused points are counted`() throws {
        let (books, status) = try exportOnce("otlp-partial")
        #expect(books.requests == 1)
        #expect(status.sent.data == 2 && status.dropped[.refused]?.data == 2)
        #expect(status.lastError?.hasSuffix("refused 2 data points, which are lost. It said: two are bad") == true)
        let (_, warned) = try exportOnce("otlp-warning")
        #expect(warned.sent.data == 4 && warned.droppedInAll == SampleTally() && !warned.isFailing)
        #expect(warned.lastError?.hasSuffix("took all data points, with a warning. It said: be careful") == true)
    }

    @Test(arguments: [("otlp-portal", 2), ("otlp-redirect", 1)])
    func `a response that is not the protocol's confirms nothing`(fault: String, times: Int) throws {
        let (books, status) = try exportOnce(fault)
        #expect(books.requests == times + 1)
        #expect(status.sent.data == 4 && status.droppedInAll == SampleTally())
    }

    @Test(arguments: ["cumulative", "delta"])
    func `an outage loses nothing, and kept data are sent in the order of their time, also after a restart`(
        temporality: String
    ) throws {
        let server = try FaultServer.get()
        let folder = SpoolFolder()
        let variables = ["OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": temporality]
        let name = "outage-\(temporality)"
        // Nothing listens there; the name in the spool is that of the address, so it is moved by hand.
        let source = TestSource()
        let away = try OpenTelemetryDestination(.test("http://127.0.0.1:1", spool: folder.path, variables))
        let settings = OpenTelemetrySettings.test(server.address("otlp-none", name), spool: folder.path, variables)
        let there = try OpenTelemetryDestination(settings)
        let lost = try OpenTelemetryPublisher(.test("http://127.0.0.1:1", spool: folder.path, variables))
        lost.add(source, labels: Self.label)
        for (number, minute) in SampleMinute.all.enumerated() {
            source.add(minute)
            lost.flush(within: .seconds(1))
            #expect(eventually { lost.status.spooled == 4 * (number + 1) })
        }
        // Its claims on the file are released by then, so that no older data follow newer data.
        lost.close(within: .seconds(20))
        #expect(lost.status.droppedInAll == SampleTally())
        try folder.rename(away.name, to: there.name)

        let publisher = try OpenTelemetryPublisher(settings)
        #expect(eventually { publisher.status.lastSuccess != nil && publisher.status.spooled == 0 })
        publisher.close(within: .seconds(10))
        let books = try OpenTelemetryBooks(server, "otlp-none", name)
        #expect(books.problems == "")
        #expect(books.number("timepiece.interval label=cam-01", "count") == Int64(source.count))
        #expect(books.number("timepiece.interval label=cam-01", "points") ?? 0 >= 3)
        #expect(
            books.number("timepiece.buffers label=cam-01", "value") == Int64(source.count) * 1_000_000_000)
    }

    @Test func `headers arrive, and are in no status, no spool, no description and no error`() throws {
        let (books, status) = try exportOnce("otlp-key", Self.headers)
        #expect(books.problems == "" && status.sent.data == 4)
        let (_, echoed) = try exportOnce("otlp-echo", Self.headers)
        #expect(echoed.lastError?.contains("It said: Do not say: …") == true)
        let folder = SpoolFolder()
        let settings = OpenTelemetrySettings.test("http://127.0.0.1:1", spool: folder.path, Self.headers)
        let destination = try OpenTelemetryDestination(settings)
        let publisher = try OpenTelemetryPublisher(settings)
        publisher.add(TestSource(), labels: Self.label)
        publisher.close(within: .milliseconds(100))
        #expect(eventually { publisher.status.spooled > 0 })
        var texts = ["\(echoed)", "\(publisher.status)", destination.name, "\(destination.key)", "\(destination)"]
        dump(settings, to: &texts[0])
        dump(destination, to: &texts[1])
        for text in texts { #expect(!text.contains("nobody")) }
        #expect(!folder.contains("nobody"))
        let wrong = OpenTelemetrySettings.test(
            "http://h:1", spool: "none", ["OTEL_EXPORTER_OTLP_HEADERS": "key=nobody,nobody"])
        do {
            _ = try OpenTelemetryDestination(wrong)
            Issue.record("A list without a value was taken.")
        } catch {
            #expect(!"\(error)".contains("nobody") && "\(error)".contains("OTEL_EXPORTER_OTLP_HEADERS"))
        }
    }

    @Test func `all publishers to a receiver share its requests, and counts continue`() throws {
        let server = try FaultServer.get()
        let settings = OpenTelemetrySettings.test(server.address("otlp-none", "shared"), spool: "none")
        let publishers = try (0..<20).map { _ in try OpenTelemetryPublisher(settings) }
        for (number, publisher) in publishers.enumerated() {
            let source = TestSource()
            source.add(.lognormal)
            publisher.add(source, labels: [MetricLabel("label", "cam-\(number)")])
        }
        for publisher in publishers { publisher.close(within: .seconds(10)) }
        #expect(try OpenTelemetryBooks(server, "otlp-none", "shared").requests == 1)
        let again = try OpenTelemetryPublisher(settings)
        let source = TestSource()
        source.add(.lognormal)
        again.add(source, labels: [MetricLabel("label", "cam-7")])
        again.close(within: .seconds(10))
        let books = try OpenTelemetryBooks(server, "otlp-none", "shared")
        #expect(books.problems == "" && books.requests == 2)
        #expect(books.number("timepiece.interval label=cam-7", "count") == 7200)
        #expect(books.number("timepiece.interval label=cam-8", "count") == 3600)
    }

    @Test func `a tachometer and a stopwatch are published from Swift`() throws {
        let server = try FaultServer.get()
        let publisher = try OpenTelemetryPublisher(.test(server.address("otlp-none", "swift"), spool: "none"))
        let tachometer = Tachometer()
        publisher.add(tachometer, labels: ["label": "ticks", "site": "north"])
        let start = MonotonicInstant.now()
        for number in 0...30 { tachometer.tick(at: start.advanced(by: .milliseconds(20 * number)), bytes: 5) }
        let watch = StopWatch("root")
        publisher.add(watch, labels: [:])
        watch.child("decode").record(.milliseconds(8))
        publisher.close(within: .seconds(10))
        let books = try OpenTelemetryBooks(server, "otlp-none", "swift")
        #expect(books.problems == "")
        #expect(books.number("timepiece.interval label=ticks,site=north", "count") == 30)
        #expect(books.number("timepiece.interval label=ticks,site=north", "sum") == 600_000_000)
        #expect(books.number("timepiece.bytes label=ticks,site=north", "value") == 155_000_000_000)
        #expect(books.number("timepiece.watch watch=root.decode", "sum") == 8_000_000)
        #expect(books.number("timepiece.watch watch=root", "count") == 0)
    }

    @Test(arguments: ["cumulative", "delta"])
    func `counters, gauges and distributions of a program's own are published`(
        temporality: String
    ) throws {
        let server = try FaultServer.get()
        let publisher = try OpenTelemetryPublisher(
            .test(
                server.address("otlp-none", "own-\(temporality)"), spool: "none",
                ["OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": temporality]))
        let counter = TelemetryCounter("shop.orders")
        let gauge = TelemetryGauge("shop.doors")
        let sizes = TelemetryDistribution("shop.size", unit: .none)
        let labels = ["shop": "north"]
        try publisher.add(counter, labels: labels)
        try publisher.add(gauge, labels: labels)
        try publisher.add(sizes, labels: labels)
        #expect(throws: OpenTelemetrySettingsError.self) {
            try publisher.add(TelemetryGauge("shop.size"), labels: labels)
        }
        for number in 1...3 {
            counter.increment(by: 5)
            gauge.set(-2.5)
            sizes.record(Double(number) * 1e6)
            publisher.flush(within: .seconds(30))
            #expect(eventually { publisher.status.sent.data == UInt64(3 * number) })
        }
        let series = "shop=north"
        let books = try OpenTelemetryBooks(server, "otlp-none", "own-\(temporality)")
        #expect(books.problems == "")
        #expect(books.number("shop.orders \(series)", "value") == 15_000_000_000)
        #expect(books.number("shop.doors \(series)", "value") == -2_500_000_000)
        #expect(books.number("shop.size \(series)", "count") == 3)
        #expect(books.number("shop.size \(series)", "sum") == 6_000_000_000_000_000)
        #expect(books.number("shop.size \(series)", "min") == 1_000_000_000_000_000)
        #expect(books.number("shop.size \(series)", "max") == 3_000_000_000_000_000)
        #expect(books.unit("shop.size \(series)") == "1")
        publisher.remove(sizes)
        publisher.close(within: .seconds(10))
        sizes.record(1)
        #expect(publisher.status.droppedInAll == SampleTally())
    }

    /// Exports one minute to a receiver that fails in a way, and closes.
    private func exportOnce(
        _ fault: String, _ variables: [String: String] = [:]
    ) throws -> (OpenTelemetryBooks, CloudWatchStatus) {
        let server = try FaultServer.get()
        let folder = SpoolFolder()
        let publisher = try OpenTelemetryPublisher(
            .test(server.address(fault, "once"), spool: folder.path, variables))
        let source = TestSource()
        source.add(.lognormal)
        publisher.add(source, labels: Self.label)
        publisher.flush(within: .seconds(1))
        #expect(
            eventually {
                let status = publisher.status
                return status.sent.data + status.droppedInAll.data == 4 && status.spooled == 0
            })
        let status = publisher.status
        let books = try OpenTelemetryBooks(server, fault, "once")
        publisher.close(within: .seconds(5))
        return (books, status)
    }
}

extension TestSource {
    /// How many intervals were counted.
    var count: UInt64 { numbers.withLock { $0.intervals.count } }
}
