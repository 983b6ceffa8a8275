import Synchronization
import Timepiece

/// The threads that all meters share: they wake for the member that is due and run it.
///
/// As long as no member takes long, one thread runs them all, and another one waits if there are several pipelines. A
/// slow member, for example because of a message handler, delays the other members of its own pipeline; members of
/// other pipelines wait for it no longer than ``ReportQueue/patience``, and only the first time.
///
/// The threads start with the first member and end when the last one was removed, so an idle process has none.
package final class ReportClock: Sendable {
    package static let shared = ReportClock()
    /// How long the end of a stream waits for a run in progress: its thread holds locks that a handler may need.
    package static let patienceAtEnd: UInt64 = 100_000_000
    /// How long a stop waits, whose caller may also hold a lock that a handler needs.
    package static let patienceAtStop: UInt64 = 2_000_000_000

    private struct State {
        var queue = ReportQueue()
        /// The members that run, each with its thread.
        var running: [ObjectIdentifier: SystemThread] = [:]
        var threads = 0
        /// The number of threads so far.
        var started = 0
    }

    private let state = Mutex(State())
    /// Counts the changes that waiting threads have to check.
    private let changes = EventCount()
    /// Counts the ends of runs.
    private let ends = EventCount()

    package init() {}

    /// Runs a member at an instant, and then at those that it returns; a member that is already scheduled gets the new
    /// instant.
    ///
    /// - Returns: false if no thread could be started, in which case nothing will run.
    package func schedule(_ member: any ClockMember, at due: UInt64) -> Bool {
        let (isScheduled, looksAgain) = state.withLock { state in
            let looksAgain = state.queue.schedule(member, at: due)
            startWhatLacks(&state)
            if state.threads == 0 { _ = state.queue.remove(ObjectIdentifier(member)) }
            return (state.threads > 0, looksAgain)
        }
        if looksAgain { changes.advance() }
        return isScheduled
    }

    /// Removes a member from its next run on, without waiting for a run in progress.
    package func cancel(_ member: any ClockMember) {
        let (looksAgain, removed) = state.withLock { $0.queue.remove(ObjectIdentifier(member)) }
        if looksAgain { changes.advance() }
        // Released only now, with no lock: its end may call back into this clock.
        withExtendedLifetime(removed) {}
    }

    /// Removes a member, and waits for a run in progress, unless it is called from that run.
    ///
    /// The callees of the member may wait for a lock that the caller holds, so the wait is limited.
    ///
    /// - Parameter patience: how long to wait, in nanoseconds.
    /// - Returns: whether no run is in progress.
    @discardableResult
    package func remove(_ member: any ClockMember, within patience: UInt64 = .max) -> Bool {
        cancel(member)
        let key = ObjectIdentifier(member)
        var end: MonotonicInstant?
        while true {
            let seen = ends.value
            let mustWait = state.withLock { state in
                state.running[key].map { !$0.isCurrent } ?? false
            }
            guard mustWait else { return true }
            let now = MonotonicInstant.now()
            let last = end ?? MonotonicInstant(nanoseconds: now.nanoseconds.addingSaturating(patience))
            guard now < last else { return false }
            end = last
            ends.wait(after: seen, until: last)
        }
    }

    /// The number of threads.
    package var threads: Int { state.withLock(\.threads) }

    private func startWhatLacks(_ state: inout State) {
        guard state.queue.lacksThread(of: state.threads) else { return }
        let number = state.started
        let thread = try? SystemThread {
            SystemThread.nameCurrent("timepiece")
            self.loop(number)
        }
        guard let thread else { return }
        thread.detach()
        state.threads += 1
        state.started += 1
    }

    private func loop(_ number: Int) {
        while true {
            let seen = changes.value
            let now = MonotonicInstant.now().nanoseconds
            let step = state.withLock { state in
                let step = state.queue.next(for: number, at: now)
                switch step {
                case .run(let turn):
                    state.running[ObjectIdentifier(turn.member)] = SystemThread.current
                    startWhatLacks(&state)
                case .wait: break
                case .end: state.threads -= 1
                }
                return step
            }
            switch step {
            case .run(let turn): run(turn)
            case .wait(let until): changes.wait(after: seen, until: MonotonicInstant(nanoseconds: until))
            case .end: return
            }
        }
    }

    /// Runs one member with no lock held.
    private func run(_ turn: ReportQueue.Turn) {
        if turn.handsOver { changes.advance() }
        let next = turn.member.run(at: MonotonicInstant.now().nanoseconds)
        let now = MonotonicInstant.now().nanoseconds
        let (looksAgain, released) = state.withLock { state in
            state.running[ObjectIdentifier(turn.member)] = nil
            return state.queue.finish(turn, next: next, at: now)
        }
        if looksAgain { changes.advance() }
        ends.advance()
        // The last reference may be this one, and its end may call back into this clock: no lock is held here.
        withExtendedLifetime(released) {}
    }
}
