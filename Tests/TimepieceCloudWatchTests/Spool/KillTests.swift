import Glibc
import TestEnvironment
import Testing
import Timepiece
@testable import TimepieceCloudWatch

struct KillTests {
    /// How often each window was seen.
    private struct Sightings {
        var sent = 0
        var sentUncertain = 0
        var isSpooled = false
        var isSpooledUncertain = false
    }

    @Test
    func
        `Killed at 200 random moments, a publisher loses nothing it had spooled and doubles nothing it does not count`()
        throws
    {
        let folder = SpoolFolder()
        let service = folder.otherPath
        var random = SeededGenerator(seed: 200)
        var kept: Set<UInt64> = []
        // Whether something is left in the spool depends on the moment of the last kill: where nothing is, there are more.
        var kill = 0
        while try kill < 200 || (kill < 300 && spoolIsEmpty(folder)) {
            kill += 1
            let process = try ServerProcess(
                program: Workspace.program("SpoolVictim"),
                [folder.path, service, String(kill * 1_000_000), String(random.next())])
            // The first line says that the spool was opened; then comes the moment.
            var lines = [try #require(process.line(), "the spool cannot be opened any more")]
            usleep(UInt32(random.next() % 80_000) * slowness)
            process.kill()
            while let line = process.line() { lines.append(line) }
            for line in lines {
                kept.insert(try #require(UInt64(String(decoding: line, as: UTF8.self))))
            }
        }
        #expect(kept.count >= 200)

        var sightings: [UInt64: Sightings] = [:]
        for line in String(decoding: folder.read(service), as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            let number = try #require(words.first.flatMap { UInt64($0) })
            sightings[number, default: Sightings()].sent += 1
            if words.last == "uncertain" { sightings[number, default: Sightings()].sentUncertain += 1 }
        }
        let spool = try Spool(path: folder.path, destination: "service", boot: "boot")
        let later = BootInstant.now().advanced(by: .seconds(3600))
        for row in try spool.claim(count: 1_000_000, bytes: .max, now: later, size: { _ in 1 }) {
            sightings[row.datum.sum, default: Sightings()].isSpooled = true
            sightings[row.datum.sum, default: Sightings()].isSpooledUncertain = row.isUncertain
        }

        let lost = kept.filter { sightings[$0] == nil }
        #expect(lost.isEmpty)
        let doubled = sightings.filter { $0.value.sent - 1 > $0.value.sentUncertain }
        #expect(doubled.isEmpty)
        let pending = sightings.filter { $0.value.sent > 0 && $0.value.isSpooled && !$0.value.isSpooledUncertain }
        #expect(pending.isEmpty)
        // The test means something only if all of it happened.
        #expect(sightings.contains { $0.value.isSpooled })
        #expect(sightings.contains { $0.value.sentUncertain > 0 })
    }

    private func spoolIsEmpty(_ folder: SpoolFolder) throws -> Bool {
        try Spool(path: folder.path, destination: "service", boot: "boot").summary().count == 0
    }
}
