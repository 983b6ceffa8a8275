import TestEnvironment
import Testing
import Timepiece
@testable import TimepieceCloudWatch

struct DatumArchiveTests {
    private func read(_ bytes: [UInt8]) -> Datum? {
        DatumArchive.datum(
            bytes, boot: "b", instant: BootInstant(nanoseconds: 0), wall: WallTime(nanoseconds: 0))
    }

    @Test(arguments: SampleMinute.all)
    func `A minute of video takes less than 1.2 kB`(minute: SampleMinute) {
        let datum = Datum(
            ClosedInterval(identity: .sample(), statistics: minute.statistics, boot: "b", moment: .after(3)))
        #expect(DatumArchive.bytes(of: datum).count < 1200)
    }

    @Test func `No cut and no flipped byte makes reading trap`() {
        let bytes = DatumArchive.bytes(
            of: Datum(
                ClosedInterval(
                    identity: .sample(), statistics: SampleMinute.twoPeaked.statistics, boot: "b", moment: .after(3))))
        for count in bytes.indices { #expect(read(Array(bytes.prefix(count))) == nil) }
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            var damaged = bytes
            damaged[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            _ = read(damaged)
        }
    }

    @Test func `Another version is not interpreted`() {
        var bytes = DatumArchive.bytes(of: .sample())
        bytes[0] = 2
        #expect(read(bytes) == nil)
    }
}
