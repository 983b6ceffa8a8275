import Glibc
import Timepiece
import TimepieceCloudWatch

/// The results of storing data on a disk without space.
private struct Tally {
    var stored: UInt64 = 0
    var dropped: UInt64 = 0
    var refused: UInt64 = 0

    /// Stores a datum whose shortest sample is its number, as a sender does.
    mutating func store(_ number: Int, in spool: Spool) throws {
        var window = Statistics()
        window.record(.nanoseconds(number))
        for power in 0..<100 { window.record(.nanoseconds(1_000_000 + power * power * 100_000)) }
        let identity = MetricIdentity(namespace: "Test", name: "laps", dimensions: [], interval: 60)
        let moment = Moment.now()
        let datum = Datum(ClosedInterval(identity: identity, statistics: window, boot: "boot", moment: moment))
        do throws(SpoolError) {
            dropped += try spool.store([QueuedDatum(datum: datum)]).dropped.data
            stored += 1
        } catch {
            guard error.kind == .full else { throw error }
            refused += 1
        }
    }
}

/// Stores more than the disk holds, then while something else has taken all that was left, then with room again; prints
/// what was stored, dropped and refused each time, and what is there at the end.
func fillDisk(folder: String) throws {
    let path = folder + "/spool.sqlite"
    var spool: Spool? = try Spool(path: path, destination: "service", boot: "boot", busyTimeout: .seconds(1))
    var line = ""
    var all = Tally()
    var number = 0
    func phase(_ name: String, _ count: Int) throws {
        var tally = Tally()
        for _ in 0..<count {
            number += 1
            if let spool { try tally.store(number, in: spool) }
        }
        all.stored += tally.stored
        all.dropped += tally.dropped
        line += "\(name) \(tally.stored) \(tally.dropped) \(tally.refused) "
    }
    try phase("filling", 600)
    takeAllRoom(folder + "/other")
    try phase("full", 50)
    unsafe unlink(folder + "/other")
    try phase("room", 50)
    spool = nil
    let again = try Spool(path: path, destination: "service", boot: "boot")
    let isDamaged = unsafe access(path + ".damaged", F_OK) == 0
    // As full as can be while what is here is taken, sent and removed.
    takeAllRoom(folder + "/other")
    var numbers: [UInt64] = []
    while case let taken = try again.claim(count: 1000, bytes: .max, now: .now(), size: { _ in 1 }), !taken.isEmpty {
        numbers += taken.map(\.datum.min)
        try again.settle(removed: taken.compactMap(\.row), released: [])
    }
    line += "kept \(numbers.count) newest-first \(numbers == numbers.sorted(by: >)) newest \(numbers.first ?? 0)"
    line += " stored \(all.stored) dropped \(all.dropped) damaged \(isDamaged)\n"
    let bytes = Array(line.utf8)
    _ = unsafe write(STDOUT_FILENO, bytes, bytes.count)
}

/// Fills a disk with a file, to the last byte.
private func takeAllRoom(_ path: String) {
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    let bytes = [UInt8](repeating: 1, count: 512)
    while unsafe write(file, bytes, bytes.count) > 0 {}
    close(file)
}
