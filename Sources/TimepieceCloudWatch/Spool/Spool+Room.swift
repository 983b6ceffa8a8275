import Synchronization
import Timepiece

// How the file keeps its bound, and gets along on a disk that others have filled: the oldest data go.
extension Spool {
    /// Drops the oldest data until that many pages are free.
    func makeRoom(pages needed: Int64, in database: Database) throws(SpoolError) -> SampleTally {
        var dropped = SampleTally()
        while try usedPages(of: database) + needed > pages {
            let step = try dropOldest(64, from: database)
            guard step.data > 0 else { break }
            dropped.add(step)
        }
        return dropped
    }

    /// Drops the oldest data on a full disk, few at a time, as the journal's reserve has no room for many.
    func makeRoom(for count: Int, onFullDisk database: Database) throws(SpoolError) {
        var missing = max(16, 2 * count)
        while missing > 0 {
            let step = try database.transaction { () throws(SpoolError) in try dropOldest(16, from: database) }
            guard step.data > 0 else { return }
            owed.withLock { $0.add(step) }
            missing -= Int(clamping: step.data)
        }
    }

    private func usedPages(of database: Database) throws(SpoolError) -> Int64 {
        try database.number("PRAGMA page_count") - database.number("PRAGMA freelist_count")
    }

    /// Drops the oldest data, but none that somebody is sending.
    private func dropOldest(_ count: Int, from database: Database) throws(SpoolError) -> SampleTally {
        let now = BootInstant.now()
        var tally = SampleTally()
        let rows = try database.rows(
            "SELECT id, samples FROM datum WHERE owner IS NULL OR owner_boot <> ? OR lease < ? ORDER BY id LIMIT ?",
            [.text(boot), .integer(now.nanoseconds), .integer(Int64(count))])
        for row in rows {
            guard let id = row.first, let samples = row.last?.integer else { continue }
            try database.run("DELETE FROM datum WHERE id = ?", [id])
            tally.add(SampleTally(data: 1, samples: UInt64(clamping: samples)))
        }
        return tally
    }
}
