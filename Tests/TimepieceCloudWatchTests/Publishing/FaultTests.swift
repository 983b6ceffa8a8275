import TestEnvironment
import Testing
import Timepiece
@testable import TimepieceCloudWatch

/// A publisher against a service that misbehaves: what arrives is what was measured, or differs by what is counted.
struct FaultTests {
    /// How a fault ends.
    struct Fault: Sendable, CustomTestStringConvertible {
        let name: String
        /// How many samples arrive twice, as a multiple of those of the first request.
        var doubled = false
        /// Whether the client cannot know if the first request was taken; nil if that is a matter of timing.
        var isUncertain: Bool? = false
        var testDescription: String { name }
    }

    static let faults = [
        Fault(name: "none"), Fault(name: "query-throttling"), Fault(name: "500", isUncertain: true), Fault(name: "503"),
        Fault(name: "reset-before", isUncertain: nil), Fault(name: "reset-after", doubled: true, isUncertain: true),
        Fault(name: "hang", isUncertain: true), Fault(name: "slow"), Fault(name: "portal", isUncertain: true),
        Fault(name: "garbage", isUncertain: true), Fault(name: "redirect"), Fault(name: "forbidden-by-proxy"),
        Fault(name: "truncated", doubled: true, isUncertain: true), Fault(name: "clock"), Fault(name: "expired"),
        Fault(name: "too-long"),
    ]

    @Test(arguments: faults)
    func `The measurements arrive through the fault, and the counters report duplicates`(fault: Fault) throws {
        let server = try FaultServer.get()
        let folder = SpoolFolder()
        let endpoint = server.address(fault.name, "books")
        let minutes = SampleMinute.all
        let publishers = try minutes.map { minute in
            var settings = CloudWatchSettings.test(endpoint: endpoint, spool: folder.path, device: minute.name)
            settings.interval = .seconds(1)
            // Only what hangs is to run into it, however busy the machine is.
            settings.requestTimeout = .seconds((fault.name == "hang" ? 8 : 60) * slowness)
            settings.lease = .seconds(slowness)
            return try CloudWatchPublisher(settings)
        }
        for (publisher, minute) in zip(publishers, minutes) {
            publisher.publish(minute.statistics, closedAt: .now())
        }
        let published = UInt64(minutes.reduce(0) { $0 + $1.samples.count })
        #expect(eventually { publishers[0].status.sent.samples >= published })
        for publisher in publishers { publisher.close(within: .seconds(10)) }
        let status = publishers[0].status
        let books = try server.books(fault.name, "books")

        #expect(books.problems.isEmpty)
        #expect(status.sent.samples == published)
        #expect(status.droppedInAll == SampleTally())
        #expect(status.spooled == 0)
        #expect(books.samples == published + (fault.doubled ? status.uncertain.samples : 0))
        if let isUncertain = fault.isUncertain { #expect((status.uncertain.samples > 0) == isUncertain) }
        #expect((status.retried > 0) == (fault.name != "none" && fault.name != "slow"))
        #expect((status.lastError == nil) == (status.retried == 0))
        #expect(!folder.holdsSecrets)
        #expect(!"\(status)".contains(testSecret) && !"\(status)".contains(testToken))
        if fault.name == "clock" {
            #expect(status.skew > .seconds(7190) && status.skew < .seconds(7210))
            #expect(books.earliest > WallTime.now().nanoseconds / 1_000_000_000 + 7000)
        } else {
            #expect(status.skew == .zero)
        }
    }

    @Test func `a wrong clock is corrected by the service's time over TLS`() throws {
        let server = try FaultServer.get()
        let folder = SpoolFolder()
        let endpoint = "https://localhost:\(server.tls)/clock/secure"
        var settings = CloudWatchSettings.test(endpoint: endpoint, spool: folder.path)
        settings.environment = .bare(["AWS_CA_BUNDLE": server.authority])
        settings.interval = .seconds(1)
        let publisher = try CloudWatchPublisher(settings)
        publisher.publish(.of(7), closedAt: .now())
        #expect(eventually { publisher.status.sent.data == 1 })
        publisher.close(within: .seconds(10))
        #expect(publisher.status.skew > .seconds(7190) && publisher.status.skew < .seconds(7210))
        #expect(try server.books("clock", "secure").earliest > WallTime.now().nanoseconds / 1_000_000_000 + 7000)
    }

    @Test func `After throttling with status 400 the sender pauses as long as the service requests`() throws {
        let server = try FaultServer.get()
        let folder = SpoolFolder()
        let endpoint = server.address("throttling", "books")
        var settings = CloudWatchSettings.test(endpoint: endpoint, spool: folder.path)
        settings.interval = .seconds(1)
        let publisher = try CloudWatchPublisher(settings)
        publisher.publish(.of(7), closedAt: .now())
        #expect(eventually { publisher.status.throttled == 1 && publisher.status.spooled == 1 })
        publisher.close(within: .seconds(3))
        // Two minutes were asked for: no second request, and nothing lost.
        #expect(try server.books("throttling", "books").requests == 1)
        #expect(publisher.status.lastError == "http://127.0.0.1:\(server.plain) answered 400 ThrottlingException.")
    }

    @Test func `A refused datum is found among the others, set aside and counted`() throws {
        let server = try FaultServer.get()
        let folder = SpoolFolder()
        let endpoint = server.address("refused", "books")
        let publishers = try ["one", "two", "bad", "three", "four"].map { device in
            try CloudWatchPublisher(.test(endpoint: endpoint, spool: folder.path, device: device))
        }
        for publisher in publishers { publisher.publish(.of(10), closedAt: .now()) }
        for publisher in publishers { publisher.close(within: .seconds(20)) }
        let status = publishers[0].status
        #expect(status.sent == SampleTally(data: 4, samples: 40))
        #expect(status.dropped == [.refused: SampleTally(data: 1, samples: 10)])
        #expect(try server.books("refused", "books").samples == 40)
        #expect(
            status.lastError == "http://127.0.0.1:\(server.plain) answered 400 InvalidParameterValue. "
                + "It said: The value bad is not allowed It was about Test/Video frame_processing_time {Device=bad}, "
                + "which is set aside.")
    }

    @Test func `A server with a certificate for another name gets nothing, and nothing is lost`() throws {
        let server = try FaultServer.get()
        let folder = SpoolFolder()
        let endpoint = "https://127.0.0.1:\(server.wrongName)/none/wrong"
        var settings = CloudWatchSettings.test(endpoint: endpoint, spool: folder.path)
        settings.environment = Environment([
            "AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
            "AWS_CA_BUNDLE": server.authority,
        ])
        let publisher = try CloudWatchPublisher(settings)
        publisher.publish(.of(10), closedAt: .now())
        publisher.close(within: .seconds(20))
        #expect(publisher.status.sent.samples == 0)
        #expect(publisher.status.spooled == 1)
        #expect(publisher.status.uncertain == SampleTally())
        #expect(try server.books("none", "wrong").requests == 0)
    }

    @Test func `TLS with a private authority works`() throws {
        let server = try FaultServer.get()
        let folder = SpoolFolder()
        var settings = CloudWatchSettings.test(
            endpoint: "https://localhost:\(server.tls)/none/tls", spool: folder.path)
        settings.environment = Environment([
            "AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
            "AWS_CA_BUNDLE": server.authority,
        ])
        let publisher = try CloudWatchPublisher(settings)
        publisher.publish(.of(10), closedAt: .now())
        publisher.close(within: .seconds(20))
        #expect(publisher.status.sent.samples == 10)
        #expect(try server.books("none", "tls").samples == 10)
    }

    @Test func `Publishing never waits for a service that hangs`() throws {
        let server = try FaultServer.get()
        let folder = SpoolFolder()
        var settings = CloudWatchSettings.test(endpoint: server.address("hang", "push"), spool: folder.path)
        settings.interval = .seconds(1)
        settings.requestTimeout = .seconds(30)
        let publisher = try CloudWatchPublisher(settings)
        publisher.publish(.of(1), closedAt: .now())
        #expect(try eventually { try server.books("hang", "push").requests == 1 })
        let window = Statistics.of(1)
        let start = MonotonicInstant.now()
        for _ in 0..<1000 { publisher.publish(window, closedAt: .now()) }
        let took = start.duration(to: .now())
        // The request hangs for half a minute; a thousand windows together take a fraction of that.
        #expect(took < .seconds(10))
        #expect(publisher.status.sent.samples == 0)
        publisher.close(within: .zero)
        #expect(eventually { publisher.status.spooled >= 2 })
    }

    @Test func `A request pending at the deadline is in the spool, and is sent after the next start`() throws {
        let server = try FaultServer.get()
        let folder = SpoolFolder()
        var settings = CloudWatchSettings.test(endpoint: server.address("hang", "deadline"), spool: folder.path)
        settings.requestTimeout = .seconds(30)
        let first = try CloudWatchPublisher(settings)
        first.publish(.of(10), closedAt: .now())
        let start = MonotonicInstant.now()
        first.close(within: .milliseconds(300))
        #expect(start.duration(to: .now()) < .seconds(5))
        #expect(eventually { first.status.spooled == 1 })
        let second = try CloudWatchPublisher(settings)
        #expect(eventually { second.status.sent.samples == 10 })
        #expect(second.status.uncertain.samples == 10)
        second.close(within: .seconds(10))
        #expect(try server.books("hang", "deadline").samples == 10)
    }

    @Test func `Publishers of one destination share a sender, a request and its status`() throws {
        let server = try FaultServer.get()
        let folder = SpoolFolder()
        let endpoint = server.address("none", "sharing")
        let publishers = try (0..<100).map { number in
            try CloudWatchPublisher(.test(endpoint: endpoint, spool: folder.path, device: "cam-\(number)"))
        }
        for publisher in publishers { publisher.publish(.of(3), closedAt: .now()) }
        #expect(publishers[7].costNote.contains("this process publishes 100 series"))
        for publisher in publishers { publisher.close(within: .seconds(20)) }
        #expect(publishers[0].status.sent == SampleTally(data: 100, samples: 300))
        #expect(publishers[0].status == publishers[99].status)
    }
}

extension SpoolFolder {
    /// True if a secret of the tests is anywhere in the spool.
    var holdsSecrets: Bool {
        let text = String(decoding: content, as: Unicode.ASCII.self)
        return text.contains(testSecret) || text.contains(testToken)
    }
}
