import Glibc
import Synchronization
import Testing
import Timepiece

@testable import TimepieceMeters

/// For ThreadSanitizer above all: two traced threads and the reporting thread at the same time.
@Suite struct `Traced threads and reports` {
    private static let buffers: UInt64 = 20_000
    /// How far the first thread may be ahead of the second one: less than a pad can follow.
    private static let ahead: UInt64 = 1000

    private final class Progress: Sendable {
        let entered = Atomic<UInt64>(0)
        let left = Atomic<UInt64>(0)
    }

    @Test func `at the same time lose nothing and count nothing twice`() throws {
        let trace = Trace()
        let both = trace.element("both")
        let queue = trace.element("queue", .queue)
        let behind = Node(trace: both.trace, pad: trace.meter.addPad(to: both.trace, name: "behind"))
        queue.follows(both)
        behind.follows(queue, stores: true)
        nonisolated(unsafe) let (first, second) = (trace.thread("first"), trace.thread("second"))
        let progress = Progress()
        trace.meter.play(at: 0)
        let threads = [
            try SystemThread {
                for number in 1...Self.buffers {
                    while number > progress.left.load(ordering: .acquiring) + Self.ahead { sched_yield() }
                    unsafe first.enter(both, at: 2 * number)
                    unsafe first.enter(queue, at: 2 * number, buffer: number)
                    unsafe first.leave(queue, at: 2 * number)
                    unsafe first.leave(both, at: 2 * number + 1)
                    progress.entered.store(number, ordering: .releasing)
                }
            },
            try SystemThread {
                for number in 1...Self.buffers {
                    while number > progress.entered.load(ordering: .acquiring) { sched_yield() }
                    unsafe second.enter(behind, at: 2 * number, buffer: number)
                    unsafe second.leave(behind, at: 2 * number + 1)
                    progress.left.store(number, ordering: .releasing)
                }
            },
        ]
        // Nothing is open at instants before the events, so only what has ended counts.
        var (windows, now): ([PipelineWindow], UInt64) = ([], 0)
        while progress.left.load(ordering: .acquiring) < Self.buffers {
            now += 1
            if let window = trace.meter.window(at: now) { windows.append(window) }
            sched_yield()
        }
        for thread in threads { thread.join() }
        windows.append(try trace.window(at: 2 * Self.buffers + 2))
        #expect(windows.count > 1)
        #expect(windows.map { $0.element("both").buffers }.reduce(0, +) == 2 * Self.buffers)
        #expect(windows.map { $0.element("both").bytes }.reduce(0, +) == 20 * Self.buffers)
        #expect(windows.map { $0.element("both").work }.reduce(0, +) == 2 * Self.buffers * Trace.millisecond)
        #expect(windows.map { $0.queue("queue").buffers }.reduce(0, +) == Self.buffers)
        #expect(windows.map { $0.queue("queue").dropped }.reduce(0, +) == 0)
        #expect(windows.last?.queue("queue").level == 0)
    }
}
