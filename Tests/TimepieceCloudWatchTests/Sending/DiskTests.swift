import Glibc
import Testing
import Timepiece
@testable import TimepieceCloudWatch

/// A disk that is slow, locked, gone or damaged, under a sender that runs.
struct DiskTests {
    private let folder = SpoolFolder()

    /// A publisher whose service refuses every connection.
    private func publisher(_ port: Int = 1, spool: String? = nil) throws -> CloudWatchPublisher {
        var settings = CloudWatchSettings.test(endpoint: "http://127.0.0.1:\(port)", spool: spool ?? folder.path)
        settings.interval = .seconds(1)
        return try CloudWatchPublisher(settings)
    }

    /// Locks the spool as another process would; unlocked with the object that is returned.
    private func lock() throws -> Database {
        // It is made first, with its tables.
        _ = try Spool(path: folder.path, destination: "other", boot: "boot-1")
        let database = try Database(path: folder.path, busyTimeout: .seconds(1))
        try database.execute("BEGIN EXCLUSIVE")
        return database
    }

    @Test func `A spool that is locked at the start is opened once it is free`() throws {
        let other = try lock()
        let start = MonotonicInstant.now()
        let publisher = try publisher()
        #expect(start.duration(to: .now()) < .milliseconds(400))
        publisher.publish(.of(5), closedAt: .now())
        #expect(eventually { publisher.status.retried > 0 })
        #expect(publisher.status.spooled == 0)
        try other.execute("COMMIT")
        #expect(eventually { publisher.status.spooled == 1 })
        publisher.close(within: .seconds(3))
        #expect(publisher.status.dropped.isEmpty)
    }

    @Test func `Three destinations whose spool is locked are waited for once, and lose nothing`() throws {
        let publishers = try (1...3).map { try publisher($0) }
        #expect(eventually { folder.size > 0 })
        let other = try lock()
        for publisher in publishers { publisher.publish(.of(5), closedAt: .now()) }
        let start = MonotonicInstant.now()
        for publisher in publishers { publisher.close(within: .seconds(1)) }
        // Three times a second and more would be three seconds.
        #expect(start.duration(to: .now()) < .milliseconds(2500))
        #expect(publishers.allSatisfy { $0.status.spooled == 0 })
        try other.execute("COMMIT")
        #expect(eventually { publishers.allSatisfy { $0.status.spooled == 1 } })
        #expect(publishers.allSatisfy { $0.status.dropped.isEmpty })
    }

    /// How a file that is in use is lost.
    static let losses: [(name: String, lose: @Sendable (String) -> Void)] = [
        ("removed", { path in _ = unsafe unlink(path) }),
        (
            "removed with its folder's other files",
            { path in
                _ = unsafe unlink(path)
                _ = unsafe unlink(path + "-journal")
            }
        ),
        ("replaced", { path in _ = unsafe rename(path, path + ".damaged") }),
        ("truncated", { path in _ = unsafe truncate(path, 0) }),
        ("cut short", { path in _ = unsafe truncate(path, 5000) }),
        (
            "overwritten",
            { path in
                let file = unsafe open(path, O_WRONLY)
                let bytes = [UInt8](repeating: 7, count: 40_000)
                _ = unsafe pwrite(file, bytes, bytes.count, 0)
            }
        ),
    ]

    @Test(arguments: losses.indices)
    func `A file that is lost in use is counted, and replaced`(loss: Int) throws {
        let publisher = try publisher()
        publisher.publish(.of(5), closedAt: .now())
        #expect(eventually { publisher.status.spooled == 1 })
        do {
            // Between two uses: what a transaction writes back is not lost.
            let other = try Database(path: folder.path, busyTimeout: .seconds(60))
            try other.execute("BEGIN EXCLUSIVE")
            Self.losses[loss].lose(folder.path)
        }
        publisher.publish(.of(7), closedAt: .now())
        #expect(eventually { publisher.status.spooled == 1 && publisher.status.dropped[.spoolLost] != nil })
        publisher.close(within: .seconds(3))
        #expect(publisher.status.dropped == [.spoolLost: SampleTally(data: 1, samples: 5)])
        #expect(publisher.status.spooled == 1)
        #expect(folder.mode == 0o600)
    }

    @Test func `A file of a later version is not touched, and metrics are sent from memory`() throws {
        do {
            _ = try Spool(path: folder.path, destination: "here", boot: "boot-1")
            try Database(path: folder.path, busyTimeout: .seconds(1)).execute("PRAGMA user_version = 99")
        }
        let server = try FaultServer.get()
        let publisher = try CloudWatchPublisher(.test(endpoint: server.address("none", "layout"), spool: folder.path))
        #expect(eventually { publisher.status.lastError?.contains("later version of Timepiece") ?? false })
        publisher.publish(.of(5), closedAt: .now())
        publisher.close(within: .seconds(20))
        #expect(publisher.status.sent.samples == 5)
    }

    @Test func `If nothing can be stored permanently, the losses at the end are counted`() {
        let simulation = Simulation(random: 1)
        simulation.isDiskDead = true
        simulation.answer = { _, _ in .failed("The network is gone.") }
        let publisher = simulation.state.open(.sample())
        simulation.run(until: 20, publishing: [publisher])
        simulation.state.close(publisher)
        simulation.state.flush(until: simulation.now.boot.advanced(by: .seconds(3)), isLast: true)
        simulation.run(until: 60)
        #expect(simulation.hasFinished)
        #expect(simulation.state.status.dropped == [.stopped: SampleTally(data: 1, samples: 19 * 30)])
    }
}
