import Glibc
import Synchronization

/// The threads on which buffers pass, and the kernel's statistics of them.
package final class ThreadRegistry: Sendable {
    package static let shared = ThreadRegistry()

    private struct State {
        var threads: [ThreadTrace] = []
        var count: UInt64 = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// Makes the trace of the calling thread.
    ///
    /// - Parameter identifier: its number in the kernel.
    package func enter(identifier: Int32) -> ThreadTrace {
        let number = state.withLock { state in
            state.count += 1
            return state.count
        }
        let thread = ThreadTrace(number: number, identifier: identifier)
        add(thread)
        return thread
    }

    package func add(_ thread: ThreadTrace) {
        state.withLock { $0.threads.append(thread) }
    }

    /// The thread ends.
    package func leave(_ thread: ThreadTrace) {
        thread.hasEnded.store(true, ordering: .relaxed)
        state.withLock { $0.threads.removeAll { $0 === thread } }
    }

    var threads: [ThreadTrace] { state.withLock { $0.threads } }
}

/// The kernel's statistics of a thread.
package struct ThreadTimes: Equatable, Sendable {
    package var name: String
    /// How long it ran, in nanoseconds since it started.
    package var processor: UInt64
    /// How long it was ready to run and no processor was free.
    package var runQueue: UInt64
    /// How often it went to sleep; nil if that was not requested.
    package var sleeps: UInt64?

    package init(name: String, processor: UInt64, runQueue: UInt64, sleeps: UInt64? = nil) {
        self.name = name
        self.processor = processor
        self.runQueue = runQueue
        self.sleeps = sleeps
    }

    /// Reads them; nil for a thread that has ended. Two small files, 5 µs; a third one of a source's thread, 15 µs.
    package static func read(_ thread: ThreadTrace) -> ThreadTimes? {
        guard !thread.hasEnded.load(ordering: .relaxed),
            let name = line("/proc/self/task/\(thread.identifier)/comm"),
            // proc(5): the time on the processor, the time waiting in the run queue, the number of time slices.
            let schedule = line("/proc/self/task/\(thread.identifier)/schedstat")
        else { return nil }
        let numbers = schedule.split(separator: " ").map { UInt64($0) ?? 0 }
        guard numbers.count >= 2 else { return nil }
        let loop = unsafe thread.loopElement.load(ordering: .relaxed)?.takeUnretainedValue()
        return ThreadTimes(
            name: name, processor: numbers[0], runQueue: numbers[1],
            sleeps: loop?.kind.load(ordering: .relaxed) == .source ? sleeps(of: thread) : nil)
    }

    /// proc(5): the line `voluntary_ctxt_switches` of its status.
    private static func sleeps(of thread: ThreadTrace) -> UInt64? {
        line("/proc/self/task/\(thread.identifier)/status")?.split(separator: "\n")
            .first { $0.hasPrefix("voluntary_ctxt_switches:") }?.split(separator: "\t").last.flatMap { UInt64($0) }
    }

    /// The processor time of the whole process.
    package static func ofProcess() -> UInt64 {
        var time = timespec()
        guard unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return 0 }
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }

    /// The text of a small file, without its last line break.
    private static func line(_ path: String) -> String? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return unsafe withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { bytes in
            let count = unsafe Glibc.read(file, bytes.baseAddress, bytes.count)
            guard count > 0 else { return nil }
            let text = unsafe String(decoding: bytes[..<count], as: UTF8.self)
            return text.last == "\n" ? String(text.dropLast()) : text
        }
    }
}
