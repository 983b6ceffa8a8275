import Timepiece
@testable import TimepieceCloudWatch

/// A sender's state with a simulated clock, service and spool: hours pass in no time.
final class Simulation {
    /// A request that was made.
    struct Request {
        let at: Double
        let data: Int
        let stamps: [Int64]
        let verdict: DeliveryVerdict
    }

    var state: SenderState
    var now = Moment.after(0)
    /// The response of the service, by the seconds since noon.
    var answer: (Batch, Double) -> DeliveryVerdict = { _, _ in .accepted }
    /// How the service's clock differs from that of the machine; nil if its answers have no date.
    var serviceClock: Duration?
    /// The accepted samples, by the datum's instant, in the order of arrival.
    private(set) var taken: [Datum] = []
    private(set) var requests: [Request] = []
    private(set) var stored: [(datum: Datum, isUncertain: Bool, isHeld: Bool)?] = []
    private(set) var hasFinished = false
    /// The spool's records of earlier boots.
    var epochs: [String: WallTime] = [:]
    /// True while the disk takes nothing.
    var isDiskDead = false
    /// How often publishers close a window, in seconds.
    var windowLength = 1.0
    /// Over how long the windows of one time come in, one publisher after the other; the thread is awake in between.
    var windowSpread: Duration = .zero
    /// How long a request takes.
    var way: Duration = .milliseconds(50)

    init(hasSpool: Bool = true, random: Double = 0.5, adjust: (inout SenderConfiguration) -> Void = { _ in }) {
        var configuration = SenderConfiguration(
            boot: "boot-1", hasSpool: hasSpool, largestSize: { PutMetricDataEncoder().largestSize(of: $0) },
            random: { random })
        configuration.phase = 0.01
        adjust(&configuration)
        state = SenderState(configuration)
    }

    var seconds: Double { Moment.after(0).boot.duration(to: now.boot).inSeconds }
    var waiting: Int { stored.count { $0 != nil } }
    var samplesTaken: UInt64 { taken.reduce(0) { $0 + $1.count } }

    /// Puts a datum in the spool as if an earlier process had.
    func leave(_ datum: Datum, isUncertain: Bool = false) {
        stored.append((datum: datum, isUncertain: isUncertain, isHeld: false))
    }

    /// Lets time pass, with windows published each second by the publishers.
    func run(until end: Double, publishing publishers: [UInt64] = [], samples: Int = 30) {
        var nextWindow = (seconds / windowLength).rounded(.down) * windowLength + windowLength
        let window = Statistics.of(samples)
        while !hasFinished {
            let horizon = publishers.isEmpty ? end : min(end, nextWindow)
            let step = state.nextStep(at: now)
            guard case .wait(let instant) = step else {
                perform(step)
                if seconds >= end, publishers.isEmpty { return }
                continue
            }
            let target = Moment.after(horizon)
            if instant < target.boot {
                now = now.advanced(by: max(.nanoseconds(1), now.boot.duration(to: instant)))
                continue
            }
            if now.boot < target.boot { now = target }
            if seconds >= end { return }
            for publisher in publishers {
                _ = state.publish(window, of: publisher, at: now)
                guard windowSpread > .zero else { continue }
                now = now.advanced(by: windowSpread / publishers.count)
                performAll()
            }
            nextWindow += windowLength
        }
    }

    /// Does what the state does next; where it waits, time passes.
    func step() {
        let step = state.nextStep(at: now)
        if case .wait(let instant) = step {
            now = now.advanced(by: max(.nanoseconds(1), now.boot.duration(to: instant)))
        } else {
            perform(step)
        }
    }

    private func performAll() {
        while true {
            let step = state.nextStep(at: now)
            if case .wait = step { return }
            perform(step)
        }
    }

    private func perform(_ step: SenderStep) {
        switch step {
        case .condense(let minutes):
            state.condensed(minutes.map { Datum($0) })
        case .deliver(let batch):
            deliver(batch)
        case .finish:
            hasFinished = true
        case .wait:
            break
        case .open, .store, .settle, .claim, .renew, .remember:
            guard !isDiskDead else {
                if case .store = step {
                    state.couldNotStore(SpoolError(.unusable, "The disk is dead."), now: now)
                } else {
                    state.couldNotUseSpool(SpoolError(.unusable, "The disk is dead."), now: now)
                }
                return
            }
            useSpool(step)
            state.learn(SpoolSummary(count: waiting))
        }
    }

    private func deliver(_ batch: Batch) {
        let began = now
        let at = seconds
        let verdict = answer(batch, at)
        now = now.advanced(by: way)
        requests.append(
            Request(at: at, data: batch.data.count, stamps: batch.data.map(\.timestamp), verdict: verdict))
        if verdict == .accepted { taken += batch.data.map(\.datum) }
        let date = serviceClock.map { now.wall.advanced(by: $0) }
        state.delivered(
            DeliveryReport(verdict, serviceTime: date, began: began, ended: now), of: batch.number, now: now)
    }

    /// Counts a batch as taken though its answer was lost.
    func take(_ batch: Batch) {
        taken += batch.data.map(\.datum)
    }

    private func useSpool(_ step: SenderStep) {
        switch step {
        case .open:
            state.opened(epochs: epochs, samples: stored.reduce(0) { $0 + ($1?.datum.count ?? 0) })
        case .remember(let epoch):
            state.remembered(epoch)
        case .store(let queuedData):
            let first = stored.count
            for queuedDatum in queuedData { leave(queuedDatum.datum, isUncertain: queuedDatum.isUncertain) }
            state.stored((first..<stored.count).map { Int64($0) }, dropped: SampleTally(), now: now)
        case .settle(let removed, let released):
            for row in removed { stored[Int(row)] = nil }
            for (row, isUncertain) in released {
                stored[Int(row)]?.isHeld = false
                if isUncertain { stored[Int(row)]?.isUncertain = true }
            }
            state.settled(removed: removed, released: released.map(\.row))
        case .claim(let count):
            var rows: [QueuedDatum] = []
            let entries = Array(stored.enumerated())
            for (row, entry) in state.configuration.keepsOrder ? entries : entries.reversed() {
                guard let entry, !entry.isHeld, rows.count < min(count, 200) else { continue }
                stored[row]?.isHeld = true
                rows.append(QueuedDatum(datum: entry.datum, row: Int64(row), isUncertain: entry.isUncertain))
            }
            state.claimed(rows, now: now)
        case .renew(let rows):
            state.renewed(Set(rows), now: now)
        case .condense, .deliver, .wait, .finish:
            break
        }
    }
}
