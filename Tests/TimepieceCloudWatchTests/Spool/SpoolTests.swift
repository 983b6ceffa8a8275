import Glibc
import Testing
import Timepiece
@testable import TimepieceCloudWatch

struct SpoolTests {
    private let folder = SpoolFolder()

    private func open(
        _ destination: String = "here", boot: String = "boot-1", limit: Int = Spool.defaultLimit
    ) throws -> Spool {
        try Spool(path: folder.path, destination: destination, boot: boot, limit: limit)
    }

    private func claim(_ spool: Spool, count: Int = 1000, at seconds: Double = 0) throws -> [QueuedDatum] {
        try spool.claim(count: count, bytes: 1_000_000, now: Moment.after(seconds).boot, size: { _ in 1000 })
    }

    @discardableResult
    private func store(_ spool: Spool, _ data: Datum...) throws -> (rows: [Int64], dropped: SampleTally) {
        try spool.store(data.map { QueuedDatum(datum: $0) })
    }

    @Test func `Stored data are read back unchanged, also in another connection`() throws {
        let minute = ClosedInterval(
            identity: .sample(), statistics: SampleMinute.heavyTailed.statistics, boot: "boot-1", moment: .after(59))
        let datum = Datum(minute)
        try store(try open(), datum)
        let found = try #require(try claim(try open()).first?.datum)
        #expect(found.identity == datum.identity)
        #expect((found.count, found.sum) == (datum.count, datum.sum))
        #expect((found.min, found.max) == (datum.min, datum.max))
        #expect(found.instant == datum.instant)
        #expect(found.wall == datum.wall)
        #expect(found.values.map(\.count) == datum.values.map(\.count))
        for (left, right) in zip(found.values, datum.values) {
            #expect(abs(left.nanoseconds - right.nanoseconds) <= 1.0 / 32 + right.nanoseconds * 1e-15)
        }
    }

    @Test func `The newest come first`() throws {
        let spool = try open()
        try store(spool, .sample(10), .sample(70), .sample(130))
        #expect(try claim(spool, count: 2).map(\.datum.instant) == [Moment.after(130).boot, Moment.after(70).boot])
    }

    @Test func `A claim is of one namespace and no more than a request's bytes`() throws {
        let spool = try open()
        try store(spool, .sample(1), .sample(2, identity: .sample(namespace: "Other")), .sample(3), .sample(4))
        #expect(try claim(spool).map(\.datum.instant) == [Moment.after(4).boot, Moment.after(3).boot])
        try store(spool, .sample(5), .sample(6), .sample(7))
        let small = try spool.claim(count: 1000, bytes: 2500, now: Moment.after(0).boot, size: { _ in 1000 })
        #expect(small.count == 2)
    }

    @Test func `Two processes never take the same datum`() throws {
        let (first, second) = (try open(), try open())
        try store(first, .sample(1), .sample(2), .sample(3))
        let taken = try claim(first, count: 2).compactMap(\.row)
        let others = try claim(second).compactMap(\.row)
        #expect(Set(taken).isDisjoint(with: others))
        #expect(taken.count + others.count == 3)
        #expect(try claim(first).isEmpty)
    }

    @Test func `A lease ends with its time, and its data are uncertain then`() throws {
        let (first, second) = (try open(), try open())
        try store(first, .sample(1))
        #expect(try claim(first, at: 0).count == 1)
        #expect(try claim(second, at: 179).isEmpty)
        let again = try claim(second, at: 181)
        #expect(again.map(\.isUncertain) == [true])
        #expect(try first.renew(again.compactMap(\.row), now: Moment.after(182).boot).isEmpty)
        #expect(try second.renew(again.compactMap(\.row), now: Moment.after(182).boot).count == 1)
    }

    @Test func `A lease of an earlier boot holds nothing`() throws {
        let before = try open()
        try store(before, .sample(1))
        #expect(try claim(before, at: 1000).count == 1)
        #expect(try claim(try open(boot: "boot-2"), at: 1).map(\.isUncertain) == [true])
    }

    @Test func `Released data can be taken again, and stay uncertain once they were`() throws {
        let spool = try open()
        try store(spool, .sample(1))
        let row = try #require(try claim(spool).first?.row)
        try spool.settle(removed: [], released: [(row: row, isUncertain: false)])
        #expect(try claim(spool).map(\.isUncertain) == [false])
        try spool.settle(removed: [], released: [(row: row, isUncertain: true)])
        try spool.settle(removed: [], released: [(row: row, isUncertain: false)])
        #expect(try claim(spool).map(\.isUncertain) == [true])
        try spool.settle(removed: [row], released: [])
        #expect(try spool.summary() == SpoolSummary())
    }

    @Test func `Destinations share the file and do not see each other`() throws {
        let (here, there) = (try open("here"), try open("there"))
        try store(here, .sample(1))
        #expect(try claim(there).isEmpty)
        #expect(try there.summary().count == 0)
        #expect(try here.summary() == SpoolSummary(count: 1, oldest: Moment.after(1).wall))
    }

    @Test func `The file keeps its limit: the oldest data are dropped and counted`() throws {
        let limit = 256 << 10
        let spool = try open(limit: limit)
        var dropped = SampleTally()
        for minute in 0..<800 { dropped.add(try store(spool, .full(minute)).dropped) }
        #expect(dropped.data > 0)
        #expect(dropped.samples == dropped.data * Datum.full(0).count)
        let kept = try spool.summary()
        #expect(UInt64(kept.count) + dropped.data == 800)
        #expect(kept.oldest == Moment.after(Double(dropped.data) * 60).wall)
        #expect(folder.size <= limit)
        #expect(kept.count > 100)
    }

    @Test func `A destination that fills the file costs another one nothing of its own`() throws {
        let limit = 256 << 10
        let (small, large) = (try open("small", limit: limit), try open("large", limit: limit))
        for minute in 0..<20 { try store(small, .full(minute)) }
        var dropped = SampleTally()
        for minute in 0..<600 { dropped.add(try store(large, .full(minute)).dropped) }
        #expect(dropped.data > 100)
        #expect(try small.summary().count == 20)
        #expect(try small.takeEvicted() == SampleTally())
        #expect(UInt64(try large.summary().count) + dropped.data == 600)
    }

    @Test func `Dropped data of another destination are counted for that destination`() throws {
        let limit = 256 << 10
        let (first, second) = (try open("first", limit: limit), try open("second", limit: limit))
        func fill(_ spool: Spool, _ count: Int) throws -> UInt64 {
            var dropped: UInt64 = 0
            for minute in 0..<count { dropped += try store(spool, .full(minute)).dropped.data }
            return dropped
        }
        var lost = try fill(first, 600)
        let own = try fill(second, 600)
        let evicted = try first.takeEvicted()
        lost += evicted.data
        #expect(evicted.data > 0)
        #expect(evicted.samples == evicted.data * Datum.full(0).count)
        #expect(try first.takeEvicted() == SampleTally())
        #expect(UInt64(try first.summary().count) + lost == 600)
        #expect(UInt64(try second.summary().count) + own == 600)
        // Each has about half of the file.
        let (one, other) = (try first.summary().count, try second.summary().count)
        #expect(abs(one - other) <= 64)
    }

    @Test func `Data being sent are not dropped for new data`() throws {
        // However long the disk takes, the lease does not end.
        let spool = try Spool(
            path: folder.path, destination: "here", boot: "boot-1", limit: 256 << 10, lease: .seconds(36_000))
        try store(spool, .sample(1))
        // Until the machine's own clock since boot, which dropping looks at, is past it.
        let row = try #require(
            try spool.claim(count: 1, bytes: 1_000_000, now: .now(), size: { _ in 1000 }).first?.row)
        for minute in 0..<600 { try store(spool, .full(minute)) }
        #expect(try spool.renew([row], now: .now()) == [row])
    }

    @Test func `The file is for its owner only`() throws {
        _ = try open()
        #expect(folder.mode == 0o600)
    }

    @Test func `A file that is not a database is set aside`() throws {
        folder.write(Array("this has never been a database, though it is long enough to be one".utf8))
        let spool = try open()
        try store(spool, .sample(1))
        #expect(try spool.summary().count == 1)
        #expect(unsafe access(folder.path + ".damaged", F_OK) == 0)
    }

    @Test func `A file that cannot be written is refused with a sentence`() {
        let error = #expect(throws: SpoolError.self) {
            try Spool(path: "/proc/timepiece/spool.sqlite", destination: "here", boot: "boot-1")
        }
        #expect(error?.kind == .unusable)
        #expect(
            error?.description
                == "The spool /proc/timepiece/spool.sqlite is not used: its directory /proc/timepiece cannot "
                + "be found: No such file or directory.")
    }

    @Test func `A link in place of the file is not followed`() {
        unsafe symlink("/tmp/timepiece-elsewhere", folder.path)
        #expect(throws: SpoolError.self) { try open() }
    }

    @Test func `The right time at boot is kept for the data of that boot`() throws {
        let spool = try open()
        try store(spool, .sample(1))
        try spool.remember(epoch: WallTime(nanoseconds: 5))
        try spool.remember(epoch: WallTime(nanoseconds: 6))
        #expect(try open(boot: "boot-2").epochs() == ["boot-1": WallTime(nanoseconds: 6)])
    }

    @Test func `A damaged datum is removed instead of being read again`() throws {
        let spool = try open()
        try store(spool, .sample(1))
        let database = try Database(path: folder.path, busyTimeout: .seconds(1))
        try database.run("UPDATE datum SET content = x'ff00'")
        #expect(try claim(spool).isEmpty)
        #expect(try spool.summary().count == 0)
        #expect(spool.takeUnreadable() == SampleTally(data: 1, samples: 10))
        #expect(spool.takeUnreadable() == SampleTally())
    }

    @Test func `Many threads with a connection each lose and duplicate nothing`() async throws {
        let path = folder.path
        _ = try open()
        let taken = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for worker in 0..<4 {
                group.addTask {
                    let spool = try Spool(path: path, destination: "here", boot: "boot-1", busyTimeout: .seconds(60))
                    var rows: [Int64] = []
                    for step in 0..<10 {
                        _ = try spool.store([QueuedDatum(datum: .sample(Double(worker * 100 + step)))])
                        rows += try spool.claim(count: 1, bytes: 1 << 20, now: .now(), size: { _ in 1 }).compactMap(
                            \.row)
                    }
                    return rows
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(taken.count == 40)
        #expect(Set(taken).count == 40)
    }
}
