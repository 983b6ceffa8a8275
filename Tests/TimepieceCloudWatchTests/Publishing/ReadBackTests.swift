import Testing
import Timepiece
@testable import TimepieceCloudWatch

/// The data that boto3 reads back from an emulator that verifies signatures.
struct ReadBackTests {
    private let document: JSONDocument

    init() throws {
        document = try #require(JSONDocument(Emulators.shared.get().line), "the emulators did not start")
    }

    @Test(arguments: SampleMinute.all)
    func `The data read back are the measured ones: sums exact, percentiles within 1 %`(minute: SampleMinute) throws {
        let address = try #require(document.string(["ministack", "address"]))
        let key = try #require(document.string(["ministack", "user", "key"]))
        let secret = try #require(document.string(["ministack", "user", "secret"]))
        let folder = SpoolFolder()
        var settings = CloudWatchSettings.test(endpoint: address, spool: folder.path, device: minute.name)
        settings.accessKey = key
        settings.secretAccessKey = secret
        settings.sessionToken = nil
        let publisher = try CloudWatchPublisher(settings)
        publisher.publish(minute.statistics, closedAt: .now())
        publisher.close(within: .seconds(60))
        #expect(publisher.status.lastError == nil)
        #expect(publisher.status.sent == SampleTally(data: 1, samples: UInt64(minute.samples.count)))

        let reader = try ServerProcess(
            "read_back.py", [address, key, secret, settings.namespace, settings.metricName, minute.name])
        let found = try reader.document()
        func statistic(_ name: String) throws -> Double { try #require(found.string([name]).flatMap { Double($0) }) }
        #expect(found.integer(["points"]) == 1)
        #expect(found.string(["unit"]) == "Seconds")
        #expect(try statistic("SampleCount") == Double(minute.samples.count))
        #expect(try statistic("Minimum") == Double(minute.samples[0]) / 1e9)
        #expect(try statistic("Maximum") == Double(minute.samples[minute.samples.count - 1]) / 1e9)
        // The emulator adds thousands of floating-point numbers; what was sent adds up.
        #expect(abs(try statistic("Sum") / (Double(minute.sum) / 1e9) - 1) < 1e-12)
        for percentile in [50.0, 90, 99] {
            let read = try statistic("p\(Int(percentile))") * 1e9
            #expect(abs(read / minute.percentile(percentile) - 1) < 0.01, "p\(percentile)")
        }
    }

    @Test func `A wrong secret is reported, and nothing is lost`() throws {
        let folder = SpoolFolder()
        var settings = CloudWatchSettings.test(
            endpoint: try #require(document.string(["ministack", "address"])), spool: folder.path, device: "wrong")
        settings.accessKey = document.string(["ministack", "user", "key"])
        settings.sessionToken = nil
        let publisher = try CloudWatchPublisher(settings)
        publisher.publish(.of(10), closedAt: .now())
        publisher.close(within: .seconds(60))
        #expect(publisher.status.spooled == 1)
        #expect(publisher.status.sent.samples == 0)
        #expect(publisher.status.lastError?.contains("SignatureDoesNotMatch") == true)
        #expect(publisher.status.lastError?.contains(testSecret) == false)
    }
}
