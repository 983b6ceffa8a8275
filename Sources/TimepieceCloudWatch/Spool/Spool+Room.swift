import Synchronization
import Timepiece

// How the file keeps its limit, and works on a disk that others have filled: the oldest data of the destination with
// most data are dropped, so that the outage of one does not cost another its data.
extension Spool {
    /// Drops the oldest data until that many pages are free; returns the dropped data of this destination.
    func makeRoom(pages needed: Int64, in database: Database) throws(SpoolError) -> SampleTally {
        var dropped = SampleTally()
        while try usedPages(of: database) + needed > pages {
            let step = try dropOldest(64, from: database)
            guard step.count > 0 else { break }
            dropped.add(step.own)
        }
        return dropped
    }

    /// Drops the oldest data on a full disk, few at a time, as the journal's reserve has no room for many.
    func makeRoom(for count: Int, onFullDisk database: Database) throws(SpoolError) {
        var missing = max(16, 2 * count)
        while missing > 0 {
            let step = try database.transaction { () throws(SpoolError) in try dropOldest(16, from: database) }
            guard step.count > 0 else { return }
            unreported.withLock { $0.add(step.own) }
            missing -= step.count
        }
    }

    /// Returns the data of this destination that other senders have dropped since the last call.
    package func takeEvicted() throws(SpoolError) -> SampleTally {
        try files.checkSame()
        return try connection.withLock { (database) throws(SpoolError) in
            guard try hasEvictions(database) else { return SampleTally() }
            let own = [SQLValue.text(destination)]
            let query = "SELECT data, samples FROM evicted WHERE destination = ?"
            guard try !database.rows(query, own).isEmpty else { return SampleTally() }
            return try database.transaction { () throws(SpoolError) in
                let row = try database.rows(query, own).first ?? []
                try database.run("DELETE FROM evicted WHERE destination = ?", own)
                return SampleTally(
                    data: UInt64(clamping: row.first?.integer ?? 0), samples: UInt64(clamping: row.last?.integer ?? 0))
            }
        }
    }

    private func usedPages(of database: Database) throws(SpoolError) -> Int64 {
        try database.number("PRAGMA page_count") - database.number("PRAGMA freelist_count")
    }

    /// Drops the oldest data of the destination with most bytes, but none that are being sent.
    private func dropOldest(
        _ count: Int, from database: Database
    ) throws(SpoolError) -> (count: Int, own: SampleTally) {
        let now = BootInstant.now()
        let isFree = "(owner IS NULL OR owner_boot <> ? OR lease < ?)"
        let free: [SQLValue] = [.text(boot), .integer(now.nanoseconds)]
        let largest = try database.rows(
            "SELECT destination FROM datum WHERE \(isFree) GROUP BY destination ORDER BY sum(length(content)) DESC "
                + "LIMIT 1", free)
        guard let name = largest.first?.first else { return (0, SampleTally()) }
        let rows = try database.rows(
            "SELECT id, samples FROM datum WHERE destination = ? AND \(isFree) ORDER BY id LIMIT ?",
            [name] + free + [.integer(Int64(count))])
        var tally = SampleTally()
        for row in rows {
            guard let id = row.first, let samples = row.last?.integer else { continue }
            try database.run("DELETE FROM datum WHERE id = ?", [id])
            tally.add(SampleTally(data: 1, samples: UInt64(clamping: samples)))
        }
        guard name != .text(destination) else { return (rows.count, tally) }
        try leave(tally, for: name, in: database)
        return (rows.count, SampleTally())
    }

    /// Stores what was dropped of another destination, for its sender to count.
    private func leave(_ tally: SampleTally, for name: SQLValue, in database: Database) throws(SpoolError) {
        try database.execute(
            "CREATE TABLE IF NOT EXISTS evicted (destination TEXT PRIMARY KEY, data INTEGER NOT NULL, "
                + "samples INTEGER NOT NULL)")
        try database.run(
            "INSERT INTO evicted VALUES (?, ?, ?) ON CONFLICT (destination) DO UPDATE SET "
                + "data = data + excluded.data, samples = samples + excluded.samples",
            [name, .integer(Int64(clamping: tally.data)), .integer(Int64(clamping: tally.samples))])
    }

    private func hasEvictions(_ database: Database) throws(SpoolError) -> Bool {
        try database.number("SELECT count(*) FROM sqlite_master WHERE name = 'evicted'") > 0
    }
}
