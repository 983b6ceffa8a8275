import Synchronization
package import Timepiece

/// Data that could not be sent yet, in a bounded file that survives the end of the process, a power cut and a full
/// disk.
///
/// SQLite with a rollback journal and full synchronization: a stored datum survives a power cut. The journal reserves
/// 64 KiB for itself, so that on a disk that others have filled to the last byte new data replace the oldest, and sent
/// data are released. Several processes may share the file. Each takes data under a lease, so none is sent twice; a
/// lease ends when its time is over or the machine was rebooted, and its data count as uncertain from then on.
///
/// Safe on any thread; every call may wait for the disk and for other processes. The file holds names and statistics only.
package final class Spool: Sendable {
    /// The limit of a file in bytes, unless another one is given.
    package static let defaultLimit = 16 << 20
    private static let pageSize = 4096

    let files: SpoolFiles
    let connection: Mutex<Database>
    /// The data dropped for others that could not be stored nevertheless, and that are not reported yet.
    let unreported = Mutex(SampleTally())
    /// The data removed because they could not be read, and that are not reported yet.
    private let unreadable = Mutex(SampleTally())
    let destination: String
    let boot: String
    private let owner: String
    let pages: Int64
    private let lease: Duration

    /// Opens the file or makes it; a damaged one is set aside under its name with `.damaged` at the end.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - destination: the destination of the data; those of other destinations in the file are not touched.
    ///   - boot: the present run of the machine.
    ///   - limit: the most bytes of the file.
    ///   - lease: how long data are held that were taken and are not settled.
    ///   - busyTimeout: how long to wait for another process.
    /// - Throws: if the file cannot be opened, written, or understood.
    package init(
        path: String, destination: String, boot: String, limit: Int = Spool.defaultLimit,
        lease: Duration = .seconds(180), busyTimeout: Duration = .seconds(5)
    ) throws(SpoolError) {
        pages = Int64(limit / Self.pageSize)
        self.destination = destination
        self.boot = boot
        self.lease = lease
        owner = String(UInt64.random(in: .min ... .max), radix: 16)
        let opened = try Self.open(path, pages: pages, busyTimeout: busyTimeout)
        files = opened.files
        connection = Mutex(opened.database)
    }

    /// Renames a damaged file, so that the next open makes a new one.
    package func setAside() {
        _ = files.setAside()
    }

    /// Stores data, and drops the oldest of the file if there is not enough room.
    ///
    /// - Returns: the numbers of the stored data in their order, and the data dropped for them.
    package func store(_ data: [QueuedDatum]) throws(SpoolError) -> (
        rows: [Int64], dropped: SampleTally
    ) {
        let contents = data.map { DatumArchive.bytes(of: $0.datum) }
        let needed = Int64(contents.reduce(0) { $0 + $1.count + 256 } / Self.pageSize + 8)
        try files.checkSame()
        return try connection.withLock { (database) throws(SpoolError) in
            let (rows, dropped) = try store(data, contents, pages: needed, in: database)
            return (
                rows,
                unreported.withLock { unreported in
                    defer { unreported = SampleTally() }
                    unreported.add(dropped)
                    return unreported
                }
            )
        }
    }

    private func store(
        _ data: [QueuedDatum], _ contents: [[UInt8]], pages needed: Int64, in database: Database
    ) throws(SpoolError) -> (rows: [Int64], dropped: SampleTally) {
        do throws(SpoolError) {
            return try database.transaction { () throws(SpoolError) in
                let dropped = try makeRoom(pages: needed, in: database)
                return (try insert(data, contents, into: database), dropped)
            }
        } catch {
            guard error.kind == .full else { throw error }
        }
        // The disk is full before the file is: make room in the file, whose free pages can be used again.
        try makeRoom(for: data.count, onFullDisk: database)
        let rows = try database.transaction { () throws(SpoolError) in try insert(data, contents, into: database) }
        return (rows, SampleTally())
    }

    /// Takes the newest data that are not held, or the oldest, all of one namespace, and holds them for the time of a
    /// lease.
    ///
    /// On a full disk they are as many as the journal's reserve has room for.
    package func claim(
        count: Int, bytes: Int, oldestFirst: Bool = false, now: BootInstant, size: @Sendable (Datum) -> Int
    ) throws(SpoolError) -> [QueuedDatum] {
        var count = count
        while true {
            do throws(SpoolError) {
                return try claimAtOnce(
                    count: count, bytes: bytes, order: oldestFirst ? "ASC" : "DESC", now: now, size: size)
            } catch {
                guard error.kind == .full, count > 1 else { throw error }
                count /= 4
            }
        }
    }

    private func claimAtOnce(
        count: Int, bytes: Int, order: StaticString, now: BootInstant, size: @Sendable (Datum) -> Int
    ) throws(SpoolError) -> [QueuedDatum] {
        try files.checkSame()
        return try connection.withLock { (database) throws(SpoolError) in
            let free: [SQLValue] = [.text(destination), .text(boot), .integer(now.nanoseconds)]
            // Queried without a lock first, so that the check of an empty spool costs no write.
            guard try database.number("SELECT count(*) FROM datum WHERE \(Self.isFree)", free) > 0 else { return [] }
            return try database.transaction { () throws(SpoolError) in
                let rows = try database.rows(
                    "SELECT id, boot, instant, wall, uncertain OR owner IS NOT NULL, content, samples FROM datum "
                        + "WHERE \(Self.isFree) ORDER BY id \(order) LIMIT \(count)", free)
                var taken: [QueuedDatum] = []
                var total = 0
                var unread = SampleTally()
                for row in rows {
                    guard let found = Self.read(row) else {
                        // Written by another version, or damaged: it could never be sent.
                        try database.run("DELETE FROM datum WHERE id = ?", [row.first ?? .null])
                        unread.add(SampleTally(data: 1, samples: UInt64(clamping: row.last?.integer ?? 0)))
                        continue
                    }
                    let own = size(found.datum)
                    if let first = taken.first {
                        guard total + own <= bytes, first.datum.identity.namespace == found.datum.identity.namespace
                        else { break }
                    }
                    total += own
                    taken.append(found)
                }
                try hold(taken.compactMap(\.row), until: now.advanced(by: lease), in: database)
                unreadable.withLock { $0.add(unread) }
                return taken
            }
        }
    }

    /// Returns the data that ``claim(count:bytes:now:size:)`` has removed, since the last call, because they could not
    /// be read.
    package func takeUnreadable() -> SampleTally {
        unreadable.withLock { unreadable in
            defer { unreadable = SampleTally() }
            return unreadable
        }
    }

    /// Extends the lease of data; returns those that are still held by this process.
    package func renew(_ rows: [Int64], now: BootInstant) throws(SpoolError) -> Set<Int64> {
        try files.checkSame()
        return try connection.withLock { (database) throws(SpoolError) in
            try database.transaction { () throws(SpoolError) in
                var held: Set<Int64> = []
                for row in rows {
                    let changed = try database.run(
                        "UPDATE datum SET lease = ? WHERE id = ? AND owner = ?",
                        [.integer(now.advanced(by: lease).nanoseconds), .integer(row), .text(owner)])
                    if changed > 0 { held.insert(row) }
                }
                return held
            }
        }
    }

    /// Removes data that have been sent or given up, and releases others.
    ///
    /// - Parameters:
    ///   - removed: data that are settled.
    ///   - released: data that may be taken again, and whether the service may have accepted them already.
    /// - Throws: if the file cannot be written; then it may be incomplete, and can be repeated.
    package func settle(removed: [Int64], released: [(row: Int64, isUncertain: Bool)]) throws(SpoolError) {
        guard !removed.isEmpty || !released.isEmpty else { return }
        do throws(SpoolError) {
            try settleAtOnce(removed: removed, released: released)
        } catch {
            guard error.kind == .full, removed.count + released.count > 1 else { throw error }
            // The disk is full, and the journal's reserve has room for a part at a time.
            let (middle, center) = (removed.count / 2, released.count / 2)
            try settle(removed: Array(removed[..<middle]), released: Array(released[..<center]))
            try settle(removed: Array(removed[middle...]), released: Array(released[center...]))
        }
    }

    private func settleAtOnce(removed: [Int64], released: [(row: Int64, isUncertain: Bool)]) throws(SpoolError) {
        try files.checkSame()
        return try connection.withLock { (database) throws(SpoolError) in
            try database.transaction { () throws(SpoolError) in
                for row in removed { try database.run("DELETE FROM datum WHERE id = ?", [.integer(row)]) }
                for (row, isUncertain) in released {
                    try database.run(
                        "UPDATE datum SET owner = NULL, uncertain = uncertain OR ? WHERE id = ? AND owner = ?",
                        [.integer(isUncertain ? 1 : 0), .integer(row), .text(owner)])
                }
            }
        }
    }

    /// Returns how much there is for this destination.
    package func summary() throws(SpoolError) -> SpoolSummary {
        try files.checkSame()
        return try connection.withLock { (database) throws(SpoolError) in
            let rows = try database.rows(
                "SELECT count(*), (SELECT wall FROM datum WHERE destination = ?1 ORDER BY id LIMIT 1) "
                    + "FROM datum WHERE destination = ?1", [.text(destination)])
            let first = rows.first ?? []
            return SpoolSummary(
                count: Int(first.first?.integer ?? 0), oldest: first.last?.integer.map { WallTime(nanoseconds: $0) })
        }
    }

    /// Returns how many samples the data for this destination have; reads the whole file.
    package func samples() throws(SpoolError) -> UInt64 {
        try files.checkSame()
        return try connection.withLock { (database) throws(SpoolError) in
            // As a floating-point number, which does not overflow for any contents of a file.
            let rows = try database.rows(
                "SELECT CAST(total(max(samples, 0)) AS INTEGER) FROM datum WHERE destination = ?", [.text(destination)])
            return UInt64(clamping: rows.first?.first?.integer ?? 0)
        }
    }

    /// Stores the right time at boot, for data that outlive this run of the machine.
    package func remember(epoch: WallTime) throws(SpoolError) {
        try files.checkSame()
        return try connection.withLock { (database) throws(SpoolError) in
            try database.transaction { () throws(SpoolError) in
                try database.run(
                    "INSERT OR REPLACE INTO boot (name, epoch) VALUES (?, ?)",
                    [.text(boot), .integer(epoch.nanoseconds)])
                try database.run(
                    "DELETE FROM boot WHERE name <> ? AND name NOT IN (SELECT boot FROM datum)", [.text(boot)])
            }
        }
    }

    /// Returns the right times at boot, by the names of the boots, as far as they are known.
    package func epochs() throws(SpoolError) -> [String: WallTime] {
        try files.checkSame()
        return try connection.withLock { (database) throws(SpoolError) in
            var result: [String: WallTime] = [:]
            for row in try database.rows("SELECT name, epoch FROM boot") {
                if let name = row.first?.text, let epoch = row.last?.integer {
                    result[name] = WallTime(nanoseconds: epoch)
                }
            }
            return result
        }
    }

    /// The data of a destination that no valid lease holds.
    private static let isFree = "destination = ? AND (owner IS NULL OR owner_boot <> ? OR lease < ?)"

    private func hold(_ rows: [Int64], until end: BootInstant, in database: Database) throws(SpoolError) {
        for row in rows {
            try database.run(
                "UPDATE datum SET owner = ?, owner_boot = ?, lease = ? WHERE id = ?",
                [.text(owner), .text(boot), .integer(end.nanoseconds), .integer(row)])
        }
    }

    private func insert(
        _ data: [QueuedDatum], _ contents: [[UInt8]], into database: Database
    ) throws(SpoolError) -> [Int64] {
        var rows: [Int64] = []
        for (item, content) in zip(data, contents) {
            try database.run(
                "INSERT INTO datum (destination, boot, instant, wall, samples, uncertain, content) "
                    + "VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    .text(destination), .text(item.datum.boot), .integer(item.datum.instant.nanoseconds),
                    .integer(item.datum.wall.nanoseconds), .integer(Int64(clamping: item.datum.count)),
                    .integer(item.isUncertain ? 1 : 0), .blob(content),
                ])
            rows.append(database.lastRow)
        }
        return rows
    }

    private static func read(_ row: [SQLValue]) -> QueuedDatum? {
        guard row.count == 7, let id = row[0].integer, let boot = row[1].text, let instant = row[2].integer,
            let wall = row[3].integer, let uncertain = row[4].integer, let content = row[5].blob,
            let datum = DatumArchive.datum(
                content, boot: boot, instant: BootInstant(nanoseconds: instant), wall: WallTime(nanoseconds: wall))
        else { return nil }
        return QueuedDatum(datum: datum, row: id, isUncertain: uncertain != 0)
    }
}

/// The contents of the spool for one destination.
package struct SpoolSummary: Sendable, Equatable {
    /// The number of data.
    package var count: Int
    /// When the oldest of them was closed, by the machine's clock then.
    package var oldest: WallTime?

    package init(count: Int = 0, oldest: WallTime? = nil) {
        self.count = count
        self.oldest = oldest
    }
}
