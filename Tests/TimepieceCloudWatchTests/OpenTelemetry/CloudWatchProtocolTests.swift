import Synchronization
import Testing
import Timepiece
import TimepieceTelemetry
@testable import TimepieceCloudWatch

/// CloudWatch's endpoint for OpenTelemetry's protocol, beside PutMetricData; botocore checks the signatures.
@Suite("OpenTelemetry to CloudWatch", .timeLimit(.minutes(2)))
struct CloudWatchProtocolTests {
    @Test func `both protocols are signed and count the same`() throws {
        let server = try FaultServer.get()
        let folder = SpoolFolder()
        var settings = CloudWatchSettings.test(endpoint: server.address("otlp-sigv4", "both"), spool: folder.path)
        settings.transferProtocol = .both
        settings.interval = .seconds(1)
        let publisher = try CloudWatchPublisher(settings)
        let source = TestSource()
        source.add(.lognormal)
        source.numbers.withLock { $0.stalled = 1 }
        publisher.follow(source)
        var all = Statistics()
        for minute in SampleMinute.all {
            publisher.publish(minute.statistics, closedAt: .now())
            all.merge(minute.statistics)
            publisher.flush(within: .seconds(20))
            #expect(eventually { publisher.status.sent.samples == 2 * all.count })
        }
        publisher.close(within: .seconds(20))
        let classic = try server.books("otlp-sigv4", "both")
        let books = try OpenTelemetryBooks(server, "otlp-sigv4", "both")
        #expect(classic.problems == "" && books.problems == "")
        let labels = "Device=cam-01,Namespace=Test/Video"
        let series = "frame_processing_time \(labels)"
        #expect(classic.samples == all.count)
        #expect(books.number(series, "count") == Int64(all.count))
        #expect(books.number(series, "sum") == Int64(all.sumNanoseconds))
        #expect(books.number(series, "min") == Int64(all.minNanoseconds))
        #expect(books.number(series, "max") == Int64(all.maxNanoseconds))
        #expect(books.number(series, "temporality") == 1 && books.unit(series) == "s")
        #expect(books.number("timepiece.stalled \(labels)", "value") == 1_000_000_000)
        #expect(books.number("timepiece.buffers \(labels)", "value") == 3_600_000_000_000)
        #expect(books.number("timepiece.interval \(labels)", "count") == nil)
        #expect(publisher.status.droppedInAll == SampleTally() && publisher.status.lastError == nil)
    }

    @Test func `data that cannot be sent are in the spool, separate from those of the other protocol`() throws {
        let server = try FaultServer.get()
        let folder = SpoolFolder()
        var settings = CloudWatchSettings.test(endpoint: "http://127.0.0.1:1", spool: folder.path)
        settings.transferProtocol = .both
        let publisher = try CloudWatchPublisher(settings)
        publisher.publish(.of(7), closedAt: .now())
        publisher.flush(within: .seconds(30))
        #expect(eventually { publisher.status.isFailing })
        publisher.close(within: .milliseconds(500))
        #expect(eventually { publisher.status.spooled == 2 })
        #expect(!folder.holdsSecrets)
        let there = server.address("otlp-sigv4", "later")
        let before = settings.openTelemetryDestination
        settings.endpointURI = there
        try folder.rename(before, to: settings.openTelemetryDestination)
        settings.transferProtocol = .openTelemetry
        let again = try CloudWatchPublisher(settings)
        #expect(eventually { again.status.sent.samples == 7 })
        again.close(within: .seconds(10))
        let books = try OpenTelemetryBooks(server, "otlp-sigv4", "later")
        #expect(books.problems == "")
        #expect(books.number("frame_processing_time Device=cam-01,Namespace=Test/Video", "count") == 7)
        #expect(again.costNote.contains("by the gigabyte"))
    }

    @Test func `a protocol without another output is refused if it would not be sent`() {
        for change in [{ $0.emf = "stdout" }, { $0.dryRun = true }] as [(inout CloudWatchSettings) -> Void] {
            var settings = CloudWatchSettings(namespace: "Test")
            settings.transferProtocol = .both
            change(&settings)
            do {
                try settings.validate()
                Issue.record("It was taken.")
            } catch {
                #expect(error.property == "cloudwatch-protocol" && error.description.contains("put-metric-data"))
            }
        }
    }
}
