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

    @Test func `What is stored comes back whole, in another connection too`() throws {
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

    @Test func `A request's worth is of one namespace and no more than its bytes`() throws {
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

    @Test func `A lease ends with its time, and what it held is uncertain then`() throws {
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

    @Test func `What is let go can be taken again, and stays uncertain once it was`() throws {
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

    @Test func `The file keeps its bound: the oldest go, and are counted`() throws {
        let limit = 256 << 10
        let spool = try open(limit: limit)
        let statistics = SampleMinute.heavyTailed.statistics
        var dropped = SampleTally()
        for minute in 0..<800 {
            let datum = Datum(
                ClosedInterval(
                    identity: .sample(), statistics: statistics, boot: "boot-1", moment: .after(Double(minute) * 60)))
            dropped.add(try store(spool, datum).dropped)
        }
        #expect(dropped.data > 0)
        #expect(dropped.samples == dropped.data * statistics.count)
        let kept = try spool.summary()
        #expect(UInt64(kept.count) + dropped.data == 800)
        #expect(kept.oldest == Moment.after(Double(dropped.data) * 60).wall)
        #expect(folder.size <= limit)
        #expect(kept.count > 100)
    }

    @Test func `What is being sent is not dropped for what is new`() throws {
        // However long the disk takes, the lease does not end.
        let spool = try Spool(
            path: folder.path, destination: "here", boot: "boot-1", limit: 256 << 10, lease: .seconds(36_000))
        let statistics = SampleMinute.heavyTailed.statistics
        try store(spool, .sample(1))
        // Until the machine's own clock since boot, which dropping looks at, is past it.
        let row = try #require(
            try spool.claim(count: 1, bytes: 1_000_000, now: .now(), size: { _ in 1000 }).first?.row)
        for minute in 0..<600 {
            let moment = Moment.after(Double(minute) * 60)
            try store(
                spool,
                Datum(ClosedInterval(identity: .sample(), statistics: statistics, boot: "boot-1", moment: moment)))
        }
        #expect(try spool.renew([row], now: .now()) == [row])
    }

    @Test func `The file is for its owner only`() throws {
        _ = try open()
        #expect(folder.mode == 0o600)
    }

    @Test func `A file that is no database is set aside`() throws {
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
            error?.description == "The spool /proc/timepiece/spool.sqlite cannot be opened for writing: "
                + "No such file or directory.")
    }

    @Test func `A link in the place of the file is not followed`() {
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

    @Test func `A damaged datum is removed instead of being met for ever`() throws {
        let spool = try open()
        try store(spool, .sample(1))
        let database = try Database(path: folder.path, busyTimeout: .seconds(1))
        try database.run("UPDATE datum SET content = x'ff00'")
        #expect(try claim(spool).isEmpty)
        #expect(try spool.summary().count == 0)
    }

    @Test func `Many threads with a connection each lose and double nothing`() async throws {
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
