import Synchronization
import Testing
import Timepiece
@testable import TimepieceCloudWatch

struct StatusChangeTests {
    /// The statuses that an observer received.
    private final class Log: Sendable {
        let statuses = Mutex<[CloudWatchStatus]>([])
        var count: Int { statuses.withLock { $0.count } }
    }

    @Test func `A failure is reported while it lasts, and nothing more once the publisher is closed`() throws {
        let server = try FaultServer.get()
        let folder = SpoolFolder()
        var settings = CloudWatchSettings.test(endpoint: server.address("throttling", "told"), spool: folder.path)
        settings.interval = .seconds(1)
        let publisher = try CloudWatchPublisher(settings)
        let log = Log()
        publisher.onStatusChange { status in log.statuses.withLock { $0.append(status) } }
        publisher.publish(.of(7), closedAt: .now())
        #expect(eventually { log.statuses.withLock { $0.last?.spooled == 1 && $0.last?.throttled == 1 } })
        publisher.close(within: .seconds(3))
        let told = log.count
        // Another publisher's failure on the same thread does not concern a closed one.
        let other = try CloudWatchPublisher(settings)
        other.publish(.of(7), closedAt: .now())
        other.close(within: .seconds(3))
        #expect(log.count == told)
    }

    @Test func `A handler that does not return delays neither the sending nor the close of another publisher`()
        throws
    {
        let server = try FaultServer.get()
        let folder = SpoolFolder()
        var settings = CloudWatchSettings.test(endpoint: server.address("throttling", "held"), spool: folder.path)
        settings.interval = .seconds(1)
        let first = try CloudWatchPublisher(settings)
        let second = try CloudWatchPublisher(settings)
        let isCalled = Mutex(false)
        let isFree = Mutex(false)
        first.onStatusChange { _ in
            isCalled.withLock { $0 = true }
            _ = eventually { isFree.withLock { $0 } }
        }
        second.onStatusChange { _ in }
        first.publish(.of(7), closedAt: .now())
        #expect(eventually { isCalled.withLock { $0 } })
        second.publish(.of(5), closedAt: .now())
        #expect(eventually { second.status.spooled == 2 || second.status.sent.samples == 12 })
        let start = MonotonicInstant.now()
        second.onStatusChange(nil)
        second.close(within: .seconds(3))
        // The other handler returns when it is released, or after a minute.
        #expect(start.duration(to: .now()) < .seconds(30))
        isFree.withLock { $0 = true }
        first.close(within: .seconds(3))
    }

    @Test func `Prerequisites for sending are checked at the start, and reported if missing`() throws {
        let folder = SpoolFolder()
        var settings = CloudWatchSettings.test(endpoint: "https://127.0.0.1:1", spool: folder.path)
        settings.accessKey = nil
        settings.secretAccessKey = nil
        settings.sessionToken = nil
        let publisher = try CloudWatchPublisher(settings)
        let log = Log()
        publisher.onStatusChange { status in log.statuses.withLock { $0.append(status) } }
        #expect(eventually { log.statuses.withLock { $0.last?.isFailing == true } })
        #expect(log.statuses.withLock { $0.last?.lastError?.hasPrefix("No AWS keys were found") } == true)
        publisher.close(within: .seconds(1))
    }

    @Test func `A failure and its end are reported, with the service's own sentence`() throws {
        let server = try FaultServer.get()
        let folder = SpoolFolder()
        var settings = CloudWatchSettings.test(endpoint: server.address("denied", "told"), spool: folder.path)
        settings.interval = .seconds(1)
        settings.secretAccessKey = testSecret + "\n"
        let publisher = try CloudWatchPublisher(settings)
        let log = Log()
        publisher.onStatusChange { status in log.statuses.withLock { $0.append(status) } }
        publisher.publish(.of(7), closedAt: .now())
        #expect(eventually { log.statuses.withLock { $0.contains { $0.isFailing } && $0.last?.isFailing == false } })
        let sentence = log.statuses.withLock { $0.first { $0.isFailing }?.lastError }
        #expect(sentence?.contains("user/cam-01 is not authorized to perform: cloudwatch:PutMetricData") == true)
        #expect(sentence?.contains("line feed") == true)
        publisher.close(within: .seconds(1))
    }

    @Test func `A publisher can be closed from the call that reports its failure`() throws {
        let server = try FaultServer.get()
        let folder = SpoolFolder()
        var settings = CloudWatchSettings.test(endpoint: server.address("throttling", "closing"), spool: folder.path)
        settings.interval = .seconds(1)
        let publisher = try CloudWatchPublisher(settings)
        let isClosed = Mutex(false)
        publisher.onStatusChange { [weak publisher] _ in
            publisher?.close(within: .seconds(3))
            isClosed.withLock { $0 = true }
        }
        publisher.publish(.of(7), closedAt: .now())
        #expect(eventually { isClosed.withLock { $0 } })
        #expect(publisher.status.spooled == 1)
    }
}
