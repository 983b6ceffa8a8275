import Synchronization
import Timepiece

extension Sender {
    /// Performs a step in the spool and passes its result to the state; the sender's thread waits for the disk here.
    ///
    /// The result of the step and the contents of the file are passed together, so that a thread that waits for the
    /// step reads the right status.
    func use(_ spool: inout Spool?, for step: SenderStep) {
        do throws(SpoolError) {
            if case .open = step {
                spool = try openSpool?()
                let epochs = try spool?.epochs() ?? [:]
                let samples = try spool?.samples() ?? 0
                let summary = try spool?.summary() ?? SpoolSummary()
                let evicted = try spool?.takeEvicted() ?? SampleTally()
                state.withLock { state in
                    state.opened(epochs: epochs, samples: samples)
                    state.status.drop(evicted, because: .spoolFull)
                    state.learn(summary)
                }
            } else if let spool {
                let outcome = try perform(step, in: spool)
                // The step is complete even if the file can no longer be read: that fails in the next step, and is
                // reported there.
                let summary = try? spool.summary()
                let evicted = try? spool.takeEvicted()
                state.withLock { state in
                    outcome(&state)
                    if let evicted { state.evicted(evicted) }
                    if let summary { state.learn(summary) }
                }
            }
        } catch {
            switch (step, error.kind) {
            case (.open, _):
                spool = nil
                state.withLock { $0.couldNotUseSpool(error, now: .now()) }
            case (_, .lost), (_, .damaged):
                if error.kind == .damaged { spool?.setAside() }
                spool = nil
                state.withLock { $0.lostSpool(error.description, now: .now()) }
            case (.store, _):
                state.withLock { $0.couldNotStore(error, now: .now()) }
            default:
                state.withLock { $0.couldNotUseSpool(error, now: .now()) }
            }
        }
    }

    /// Performs a step in the spool; returns the result for the state.
    private func perform(_ step: SenderStep, in spool: Spool) throws(SpoolError) -> (inout SenderState) -> Void {
        switch step {
        case .store(let data):
            let (rows, dropped) = try spool.store(data)
            return { $0.stored(rows, dropped: dropped, now: .now()) }
        case .settle(let removed, let released):
            try spool.settle(removed: removed, released: released)
            return { $0.settled(removed: removed, released: released.map(\.row)) }
        case .claim(let count):
            let data = try spool.claim(
                count: count, bytes: CloudWatchLimits.bytesPerRequest - 1024, oldestFirst: keepsOrder, now: .now(),
                size: { self.delivery.largestSize(of: $0) })
            let unreadable = spool.takeUnreadable()
            return { $0.claimed(data, unreadable: unreadable, now: .now()) }
        case .renew(let rows):
            let held = try spool.renew(rows, now: .now())
            return { $0.renewed(held, now: .now()) }
        case .remember(let epoch):
            try spool.remember(epoch: epoch)
            return { $0.remembered(epoch) }
        case .open, .condense, .deliver, .wait, .finish:
            return { _ in }
        }
    }
}
