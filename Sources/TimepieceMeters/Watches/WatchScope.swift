import Synchronization
import Timepiece

/// The watches of one pipeline, matched by their names, and all readers of their laps.
///
/// Buffers take the lock only when a watch is entered from a place for the first time.
final class WatchScope: Sendable {
    private struct State: Sendable {
        /// By their paths.
        var meters: [String: [WatchMeter]] = [:]
        var groups: [String: TransitGroup] = [:]
        var forest = WatchForest()
    }

    private let state = Mutex(State())

    var isEmpty: Bool { state.withLock { $0.meters.isEmpty } }
    var numContexts: Int { state.withLock { $0.forest.numContexts } }

    /// The group of starts of a path, which is made if it does not exist.
    func group(_ path: String) -> TransitGroup {
        state.withLock { state in
            if let group = state.groups[path] { return group }
            let group = TransitGroup()
            state.groups[path] = group
            return group
        }
    }

    /// Adds a watch, unless it contradicts another one.
    func join(_ meter: WatchMeter) throws(WatchProblem) {
        try state.withLock { state throws(WatchProblem) in
            let namesakes = state.meters[meter.path.text] ?? []
            if let other = namesakes.first(where: { $0.isAround != meter.isAround }) {
                throw .edges(path: meter.path.text, label: meter.label, other: other.label, isAround: meter.isAround)
            }
            state.meters[meter.path.text] = namesakes + [meter]
            state.forest.open(meter)
            if case .stop(let stop) = meter.role {
                state.forest.add(WatchContext(meter: meter, outer: nil, parent: nil, source: .transit(stop)))
            }
        }
    }

    /// Removes a watch; no buffer is in it any more.
    func leave(_ meter: WatchMeter, at now: UInt64) {
        state.withLock { state in
            state.meters[meter.path.text]?.removeAll { $0 === meter }
            if state.meters[meter.path.text]?.isEmpty ?? false {
                state.meters[meter.path.text] = nil
                state.groups[meter.path.text] = nil
            }
            if state.meters.isEmpty {
                // Contexts own meters, and these the scope: all are released with the last one.
                state.forest.leaveLapsToRoots()
                state = State()
            } else {
                state.forest.remove(meter, at: now)
            }
        }
    }

    /// The context in which a watch is entered below another one, or below none.
    func context(of meter: WatchMeter, within outer: WatchContext?) -> WatchContext {
        state.withLock { state in
            if let known = state.forest.context(of: meter, within: outer) { return known }
            var parent = outer
            if let path = meter.path.parent {
                while let candidate = parent, candidate.path != path { parent = candidate.outer }
            }
            let tree =
                if case .laps(_, let tree)? = outer?.source { tree } else { LapTree() }
            let context = WatchContext(
                meter: meter, outer: outer, parent: parent, source: .laps(LapSeries(), tree))
            state.forest.add(context)
            return context
        }
    }

    /// Closes the window of a watch that is due at an instant, and returns when it was closed: another report that was
    /// due by then may have had the laps drained since.
    func close(_ meter: WatchMeter, due: UInt64, at now: UInt64) -> (report: WatchReport, at: UInt64)? {
        state.withLock { state in
            let closedAt = state.forest.drain(for: meter, notBefore: due, at: now)
            let report = state.forest.report(of: meter)
            state.forest.restart(meter)
            return report.map { ($0, closedAt) }
        }
    }

    /// Gathers the laps of a watch a second time from now on.
    func tap(_ meter: WatchMeter) {
        state.withLock { $0.forest.tap(meter) }
    }

    /// Returns and removes the laps gathered a second time, up to an instant at least.
    func takeTapped(_ meter: WatchMeter, due: UInt64, at now: UInt64) -> Statistics {
        state.withLock { state in
            state.forest.drainOwn(of: meter, notBefore: due, at: now)
            return state.forest.takeTapped(meter)
        }
    }

    /// Keeps all measurements of a watch from now on.
    func keepTotal(_ meter: WatchMeter) {
        state.withLock { $0.forest.keepTotal(of: meter) }
    }

    /// Reads the kept measurements, for any number of readers.
    func total(_ meter: WatchMeter) -> TransitResult {
        state.withLock { $0.forest.total(of: meter) }
    }

    /// Reads the window of a watch and leaves it open.
    func read(_ meter: WatchMeter, at now: UInt64) -> WatchReport? {
        state.withLock { state in
            _ = state.forest.drain(for: meter, notBefore: .max, at: now)
            return state.forest.report(of: meter)
        }
    }
}

extension WatchContext {
    /// Whether this is a context of the watch, or is entered inside one.
    func isBelow(_ meter: WatchMeter) -> Bool {
        sequence(first: self) { $0.outer }.contains { $0.meter === meter }
    }
}

/// The scopes of the process, by the address that identifies a pipeline; a scope exists as long as it has a watch.
package enum WatchRegistry {
    private struct State: Sendable {
        var scopes: [UInt: WatchScope] = [:]
        /// The number of starts of a path.
        var starts: [String: Int] = [:]
    }

    private static let state = Mutex(State())

    /// Makes a watch in the scope of an address, which identifies a pipeline and is not dereferenced.
    package static func enter(
        _ address: UInt, _ settings: WatchMeter.Settings, reporter: any WatchReporter
    ) throws(WatchProblem) -> WatchMeter {
        guard let path = WatchPath(settings.path) else { throw WatchProblem.path(settings.path) }
        return try state.withLock { state throws(WatchProblem) in
            let scope = state.scopes[address] ?? WatchScope()
            let meter = WatchMeter(path: path, settings: settings, scope: scope, address: address, reporter: reporter)
            try scope.join(meter)
            meter.announce()
            state.scopes[address] = scope
            if case .start = meter.role { state.starts[path.text, default: 0] += 1 }
            return meter
        }
    }

    /// Whether a start of a path is in any scope.
    static func hasStart(_ path: WatchPath) -> Bool {
        state.withLock { $0.starts[path.text] != nil }
    }

    /// Removes a watch, and its scope with the last one.
    static func leave(_ address: UInt, _ meter: WatchMeter, at now: UInt64) {
        state.withLock { state in
            meter.scope.leave(meter, at: now)
            if state.scopes[address] === meter.scope, meter.scope.isEmpty { state.scopes[address] = nil }
            if case .start = meter.role, let others = state.starts[meter.path.text] {
                state.starts[meter.path.text] = others > 1 ? others - 1 : nil
            }
        }
    }
}
