import Glibc
import Synchronization
import Timepiece

/// A file of metrics in text for the textfile collector of Prometheus' node_exporter.
///
/// It is periodically written under a temporary name and renamed while it has members, on a thread of its own, so that
/// the disk does not delay a report. One path has one file in a process.
package final class MetricsFile: Sendable {
    /// The most files of a process.
    package static let mostFiles = 16
    /// How long to wait for the disk when a file is opened and when its last member leaves.
    private static let patience: UInt64 = 1_000_000_000
    /// How often it is written at most.
    package static let shortestPeriod: UInt64 = 1_000_000_000

    package let registry = TelemetryRegistry()
    private let path: String
    /// A forked process has no thread that writes.
    private let process = getpid()
    private let state = Mutex(State())
    private let changes = EventCount()

    private struct State: Sendable {
        /// The members, each with its period of writing in nanoseconds.
        var members: [ObjectIdentifier: UInt64] = [:]
        var isRunning = false
        /// Requests a write.
        var asked: UInt64 = 0
        var answered: UInt64 = 0
        var problem: String?
    }

    private static let files = Mutex<[String: MetricsFile]>([:])

    /// Returns the file at a path.
    package static func open(path: String) throws(PrometheusError) -> MetricsFile {
        guard path.hasSuffix(".prom"), path.utf8.count > ".prom".utf8.count, !path.hasSuffix("/.prom") else {
            throw PrometheusError(
                "The file for Prometheus is '\(path)'; allowed is a path that ends with .prom, which is what the textfile "
                    + "collector reads.")
        }
        return try files.withLock { files throws(PrometheusError) in
            if let file = files[path], file.process == getpid() { return file }
            guard files.count < mostFiles else {
                throw PrometheusError(
                    "The process writes \(mostFiles) files for Prometheus already; elements can share one.")
            }
            let file = MetricsFile(path)
            files[path] = file
            return file
        }
    }

    private init(_ path: String) {
        self.path = path
    }

    /// Adds a member, and writes the file.
    ///
    /// - Parameter period: the period of writing, in nanoseconds; 0 for only now and when the last member leaves.
    /// - Throws: the reason why it cannot be written, if that is known within a second.
    package func join(_ member: AnyObject, period: UInt64) throws(PrometheusError) {
        let key = ObjectIdentifier(member)
        state.withLock { $0.members[key] = period == 0 ? .max : max(period, Self.shortestPeriod) }
        guard let problem = writeNow() else { return }
        _ = state.withLock { $0.members.removeValue(forKey: key) }
        changes.advance()
        throw PrometheusError(problem)
    }

    /// Removes a member, and writes the file, for which it waits up to a second.
    package func leave(_ member: AnyObject) {
        let key = ObjectIdentifier(member)
        guard state.withLock({ $0.members[key] != nil }) else { return }
        _ = writeNow()
        _ = state.withLock { $0.members.removeValue(forKey: key) }
        changes.advance()
    }

    /// The reason why the last write failed; nil if it succeeded.
    package var problem: String? { state.withLock { $0.problem } }

    /// Requests a write and waits for it, but not longer than the patience; returns the reason of a failure.
    private func writeNow() -> String? {
        let end = MonotonicInstant(nanoseconds: MonotonicInstant.now().nanoseconds.addingSaturating(Self.patience))
        let (asked, mustStart) = state.withLock { state in
            state.asked += 1
            defer { state.isRunning = true }
            return (state.asked, !state.isRunning)
        }
        if mustStart {
            let thread = try? SystemThread { [self] in
                SystemThread.nameCurrent("timepiece-file")
                run()
            }
            guard let thread else {
                state.withLock { $0.isRunning = false }
                return "The file \(path) for Prometheus cannot be written: no thread could be started."
            }
            thread.detach()
        }
        changes.advance()
        while true {
            let seen = changes.value
            let (answered, problem) = state.withLock { ($0.answered, $0.problem) }
            if answered >= asked { return problem }
            guard MonotonicInstant.now() < end else { return nil }
            changes.wait(after: seen, until: end)
        }
    }

    /// Writes when it is due or requested, until it has no members.
    private func run() {
        var last = MonotonicInstant.now().nanoseconds
        while true {
            let seen = changes.value
            let now = MonotonicInstant.now().nanoseconds
            let (asked, due) = state.withLock { state -> (UInt64?, UInt64) in
                let period = state.members.values.min() ?? .max
                let due = period == .max ? UInt64.max : last.addingSaturating(period)
                guard state.asked > state.answered || due <= now else {
                    if state.members.isEmpty { state.isRunning = false }
                    return (nil, state.isRunning ? due : 0)
                }
                return (state.asked, due)
            }
            guard let asked else {
                guard due > 0 else { return }
                changes.wait(after: seen, until: MonotonicInstant(nanoseconds: due))
                continue
            }
            last = now
            let problem = write(Exposition.render(registry, .text, at: now))
            state.withLock { state in
                (state.answered, state.problem) = (asked, problem)
            }
            changes.advance()
        }
    }

    /// Writes a file beside it, with a name that no collector reads, and renames it; returns the reason of a failure.
    private func write(_ text: [UInt8]) -> String? {
        let aside = "\(path).\(getpid())"
        // In a directory of all users it is not written into an object of another user: a link, a pipe, a file.
        unsafe unlink(aside)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
        let descriptor = unsafe Glibc.open(aside, flags, 0o644)
        guard descriptor >= 0 else { return problem(errno) }
        var rest = text[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let code = errno
                close(descriptor)
                unsafe unlink(aside)
                return problem(code)
            }
            rest = rest.dropFirst(count)
        }
        guard close(descriptor) == 0, unsafe rename(aside, path) == 0 else {
            let code = errno
            unsafe unlink(aside)
            return problem(code)
        }
        return nil
    }

    private func problem(_ code: Int32) -> String {
        "The file \(path) for Prometheus cannot be written: \(unsafe String(cString: strerror(code)))."
    }
}
