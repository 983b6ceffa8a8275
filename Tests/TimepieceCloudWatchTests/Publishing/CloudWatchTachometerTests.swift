import Synchronization
import Testing
import Timepiece
@testable import TimepieceCloudWatch

struct CloudWatchTachometerTests {
    @Test func `Every interval of a loop arrives, including the last part of a second`() throws {
        let server = try FaultServer.get()
        let folder = SpoolFolder()
        let tachometer = try CWTachometer(
            .test(endpoint: server.address("none", "tachometer"), spool: folder.path))
        let start = MonotonicInstant.now()
        for tick in 0...100 { tachometer.tick(at: start.advanced(by: .milliseconds(33) * tick)) }
        tachometer.close(within: .seconds(20))
        #expect(tachometer.status.sent.samples == 100)
        #expect(try server.books("none", "tachometer").samples == 100)
    }

    @Test func `A bad namespace is refused`() {
        let error = #expect(throws: CloudWatchSettingsError.self) {
            try CloudWatchTachometer(namespace: "AWS/Video", dimensions: ["Device": "cam-01"])
        }
        #expect(error?.parameter == "namespace")
        #expect(error?.property == "cloudwatch-namespace")
    }

    /// Settings that write Embedded Metric Format to a file, a document a second.
    private func settings(_ folder: TemporaryFolder) -> CloudWatchSettings {
        var settings = CloudWatchSettings(namespace: "Test/Video")
        settings.setDimensions(["Site": "north", "Device": "cam-01"])
        settings.interval = .seconds(1)
        settings.emf = "file:" + folder.write("emf", "")
        settings.spool = "none"
        settings.environment = .isolated
        return settings
    }

    @Test func `Ticks before a stall are published without another tick, dated to their own time`() throws {
        let folder = TemporaryFolder()
        let tachometer = try CloudWatchTachometer(settings(folder))
        let start = MonotonicInstant.now()
        let before = WallTime.now()
        // Less than a window: no tick closes it.
        for tick in 0...10 { tachometer.tick(at: start.advanced(by: Duration.milliseconds(-tick))) }
        tachometer.record(.milliseconds(5), at: start)
        let after = WallTime.now()
        #expect(try eventually { try !FileContents.read(folder.path + "/emf").isEmpty })
        let text = try FileContents.read(folder.path + "/emf")
        let stamp = try #require(text.split(separator: "\"Timestamp\":").dropFirst().first?.prefix { $0.isNumber })
        let second = try #require(Int64(stamp)) / 1_000
        #expect((before.nanoseconds / 1_000_000_000...after.nanoseconds / 1_000_000_000).contains(second))
        tachometer.close()
    }

    @Test func `Closures are measured, and the dimensions of a dictionary are in the order of their names`()
        async throws
    {
        let folder = TemporaryFolder()
        var settings = settings(folder)
        settings.metricName = "elapsed_time"
        #expect(settings.dimensions.map(\.name) == ["Device", "Site"])
        let tachometer = try CloudWatchTachometer(settings)
        #expect(tachometer.measure { 7 } == 7)
        #expect(await tachometer.measure { () async in 8 } == 8)
        tachometer.record(.milliseconds(3))
        await tachometer.close(within: .seconds(5))
        #expect(try FileContents.read(folder.path + "/emf").contains("\"elapsed_time\":{\"Values\":"))
        #expect(tachometer.status.sent.samples == 3)
    }

    @Test func `A service closes when its task is cancelled, and its status ends`() async throws {
        let folder = TemporaryFolder()
        let tachometer = try CloudWatchTachometer(settings(folder))
        let changes = tachometer.statusChanges
        let service = Task { await tachometer.run() }
        tachometer.record(.milliseconds(3))
        service.cancel()
        await service.value
        #expect(tachometer.status.sent.samples == 1)
        for await _ in changes {}
    }

    @Test func `Numbers are published with their unit`() throws {
        let folder = TemporaryFolder()
        var settings = settings(folder)
        settings.metricName = "orders"
        settings.unit = .count
        let publisher = try CloudWatchPublisher(settings)
        var statistics = Statistics()
        for number in [1.0, 2, 0.5] { statistics.record(try #require(CloudWatchUnit.sample(of: number))) }
        publisher.publish(statistics, closedAt: .now())
        publisher.close(within: .seconds(5))
        let text = try FileContents.read(folder.path + "/emf")
        #expect(text.contains("\"Unit\":\"Count\""))
        #expect(text.contains("\"Sum\":3.5"))
        for number in [-1, .nan, .infinity, 9.3e9] { #expect(CloudWatchUnit.sample(of: number) == nil) }
    }

    @Test func `Credentials come from the program if it has its own, and not from elsewhere`() throws {
        let server = try FaultServer.get()
        let folder = SpoolFolder()
        let calls = Atomic<Int>(0)
        var settings = CloudWatchSettings.test(endpoint: server.address("none", "session"), spool: folder.path)
        (settings.accessKey, settings.secretAccessKey, settings.sessionToken) = (nil, nil, nil)
        settings.credentials = CloudWatchCredentialsProvider {
            calls.add(1, ordering: .relaxed)
            return CloudWatchCredentials(accessKey: "AKIASESSION", secretAccessKey: testSecret, sessionToken: testToken)
        }
        let tachometer = try CloudWatchTachometer(settings)
        tachometer.record(.milliseconds(1))
        tachometer.close(within: .seconds(20))
        #expect(tachometer.status.sent.samples == 1)
        #expect(calls.load(ordering: .relaxed) == 1)
        let shown = String(reflecting: CloudWatchCredentials(accessKey: "AKIA", secretAccessKey: testSecret))
        #expect(!shown.contains(testSecret))
    }

    @Test func `A session without credentials is reported, and nothing is lost`() throws {
        struct NoSession: Error {}
        let server = try FaultServer.get()
        let folder = SpoolFolder()
        var settings = CloudWatchSettings.test(endpoint: server.address("none", "nosession"), spool: folder.path)
        (settings.accessKey, settings.secretAccessKey, settings.sessionToken) = (nil, nil, nil)
        settings.credentials = CloudWatchCredentialsProvider { throw NoSession() }
        let tachometer = try CloudWatchTachometer(settings)
        tachometer.onStatusChange(nil)
        tachometer.record(.milliseconds(1))
        tachometer.close(within: .seconds(2))
        #expect(tachometer.status.spooled == 1)
        #expect(tachometer.status.lastError?.contains("The program gave no credentials: NoSession()") == true)
    }

    @Test(arguments: 0..<20)
    func `Four threads that tick one tachometer lose nothing`(run: Int) throws {
        let folder = TemporaryFolder()
        let tachometer = try CloudWatchTachometer(settings(folder))
        let workers = try (0..<4).map { _ in try SerialWorker() }
        for worker in workers {
            worker.execute { for _ in 0..<2_000 { tachometer.record(.microseconds(1)) } }
        }
        for worker in workers { worker.shutdown() }
        tachometer.close(within: .seconds(20))
        #expect(tachometer.status.sent.samples == 8_000)
    }
}
