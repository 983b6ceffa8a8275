import Glibc
import Synchronization
import Testing

@testable import Timepiece

@Suite("A phaser")
struct PhaserTests {
    /// Two counts without any protection but the phaser's: an addition is lost where writer and reader meet in one.
    @safe private final class Counts: Sendable {
        let phaser: Phaser
        let isOver = Atomic<Bool>(false)
        // The phaser says which thread touches which.
        nonisolated(unsafe) let slots: UnsafeMutablePointer<Int>

        init(readersFence: Bool = ProcessFence.isAvailable) {
            phaser = Phaser(readersFence: readersFence)
            unsafe slots = .allocate(capacity: 2)
            unsafe slots.initialize(repeating: 0, count: 2)
        }

        deinit { unsafe slots.deallocate() }

        func add() {
            let slot = unsafe slots + Int(phaser.enter() & 1)
            unsafe slot.pointee += 1
            phaser.leave()
        }

        func addInTurn() {
            let slot = unsafe slots + Int(phaser.enterInTurn() & 1)
            unsafe slot.pointee += 1
            phaser.leave()
        }

        func take() -> Int {
            guard let filled = phaser.flip() else { return 0 }
            let slot = unsafe slots + filled
            defer { unsafe slot.pointee = 0 }
            return unsafe slot.pointee
        }
    }

    /// Where readers do not fence, as on arm64, in a sandbox and with an old kernel, each fences for itself.
    @Test(arguments: Set([ProcessFence.isAvailable, false]))
    func `gives a slot to one user at a time, so that nothing is lost or taken twice`(readersFence: Bool) throws {
        let counts = Counts(readersFence: readersFence)
        let worker = try SerialWorker()
        let total = 2_000_000
        worker.execute {
            for _ in 0..<total { counts.add() }
            counts.isOver.store(true, ordering: .releasing)
        }
        var taken = 0
        var turns = 0
        while !counts.isOver.load(ordering: .acquiring) {
            taken += counts.take()
            turns += 1
        }
        taken += counts.take() + counts.take()
        #expect(taken == total)
        #expect(turns > 0)
        let ended = counts.phaser.ended
        #expect(ended == UInt64(total))
    }

    @Test func `admits four writers one at a time, and no record is lost to a reader`() throws {
        let counts = Counts()
        let taken = Atomic<Int>(0)
        let total = 200_000
        let reader = try SerialWorker()
        reader.execute {
            while !counts.isOver.load(ordering: .acquiring) { taken.add(counts.take(), ordering: .relaxed) }
        }
        try onFourThreads { _ in for _ in 0..<total { counts.addInTurn() } }
        counts.isOver.store(true, ordering: .releasing)
        reader.shutdown()
        #expect(taken.load(ordering: .relaxed) + counts.take() + counts.take() == 4 * total)
        let ended = counts.phaser.ended
        #expect(ended == UInt64(4 * total))
    }

    @Test func `a writer that finds another inside waits until that one leaves`() throws {
        let counts = Counts()
        let slot = counts.phaser.enter() & 1
        let worker = try SerialWorker()
        worker.execute { counts.addInTurn() }
        // However long: it cannot get in.
        usleep(20_000)
        let before = unsafe counts.slots[Int(slot)]
        counts.phaser.leave()
        worker.shutdown()
        let after = unsafe counts.slots[Int(slot)]
        #expect(before == 0)
        #expect(after == 1)
    }

    @Test func `flips without a writer, and selects the slots in turn`() {
        let phaser = Phaser()
        let turns = [phaser.flip(), phaser.flip(), phaser.flip()]
        #expect(turns == [0, 1, 0])
        let slot = phaser.enter() & 1
        phaser.leave()
        let ended = phaser.ended
        #expect(slot == 1)
        #expect(ended == 1)
    }

    @Test func `does not wait longer than its limit for a visit that never ends, and continues after it`() {
        let phaser = Phaser()
        _ = phaser.enter()
        let start = MonotonicInstant.now()
        let stuck = [phaser.flip(), phaser.flip()]
        let waited = start.duration(to: .now())
        #expect(stuck == [nil, nil])
        #expect(waited >= Phaser.longestWait * 2)
        #expect(waited < .seconds(10))
        phaser.leave()
        let free = [phaser.flip(), phaser.flip()]
        #expect(free == [0, 1])
    }

    @Test func `keeps what a stopped writer recorded until it can be read`() {
        let recorder = Recorder(maxIntervals: 10)
        for instant in [1, 2, 4] as [UInt64] {
            recorder.writer.tick(at: instant, events: 1, bytes: 0, discontinuity: false, position: .max)
        }
        var window = OpenWindow()
        _ = unsafe recorder.writer.line.pointee.phaser.enter()
        recorder.drain(into: &window)
        #expect(window.statistics.count == 0)
        unsafe recorder.writer.line.pointee.phaser.leave()
        recorder.drain(into: &window)
        recorder.drain(into: &window)
        #expect(window.statistics.count == 2)
        #expect(window.recent == [1, 2])
    }

    @Test func `has its readers fence for both where the kernel lets them`() {
        let phaser = Phaser()
        let readersFence = phaser.readersFence
        #expect(readersFence == ProcessFence.isAvailable)
        if readersFence { ProcessFence.fence() }
    }

    @Test func `leaves fencing to the writer if configured so`() {
        let phaser = Phaser(readersFence: false)
        let readersFence = phaser.readersFence
        #expect(!readersFence)
        let slots = [phaser.enter() & 1, UInt64(phaser.flip() ?? 2)]
        phaser.leave()
        let ended = phaser.ended
        #expect(slots == [0, 2])
        #expect(ended == 1)
    }

    @Test func `continues in a forked process`() {
        let counts = Counts()
        counts.add()
        let child = Self.fork {
            counts.add()
            return counts.take() == 2 && counts.take() == 0
        }
        #expect(child)
        #expect(counts.take() == 1)
    }

    /// Asks a question in a forked process.
    private static func fork(_ question: () -> Bool) -> Bool {
        // Swift does not offer fork; the function is there all the same.
        typealias Fork = @convention(c) () -> pid_t
        guard let address = unsafe dlsym(nil, "fork") else { return false }
        let pid = unsafe unsafeBitCast(address, to: Fork.self)()
        if pid == 0 { _exit(question() ? 0 : 1) }
        var status: Int32 = -1
        unsafe waitpid(pid, &status, 0)
        return status == 0
    }
}
