import Synchronization
import Timepiece

/// The watches of one pipeline, which meet here by their names, and all that reads their laps.
///
/// Buffers take the lock only when a watch is entered from a place for the first time.
final class WatchScope: Sendable {
    private struct State: Sendable {
        var meters: [WatchMeter] = []
        var contexts: [WatchContext] = []
        var accounts: [ObjectIdentifier: WatchAccount] = [:]
        /// The laps once more, for publishers with windows of their own.
        var taps: [ObjectIdentifier: Statistics] = [:]
        var groups: [String: TransitGroup] = [:]
    }

    private let state = Mutex(State())

    var isEmpty: Bool { state.withLock { $0.meters.isEmpty } }

    /// Whether a start of a path is here.
    func hasStart(_ path: WatchPath) -> Bool {
        state.withLock { $0.groups[path.text]?.all.isEmpty == false }
    }

    /// The group of starts of a path, which is made if it is not there.
    func group(_ path: String) -> TransitGroup {
        state.withLock { state in
            if let group = state.groups[path] { return group }
            let group = TransitGroup()
            state.groups[path] = group
            return group
        }
    }

    /// Lets a watch in, unless another one contradicts it.
    func join(_ meter: WatchMeter) throws(WatchProblem) {
        try state.withLock { state throws(WatchProblem) in
            let namesakes = state.meters.filter { $0.path == meter.path }
            if let other = namesakes.first(where: { $0.isAround != meter.isAround }) {
                throw .edges(path: meter.path.text, label: meter.label, other: other.label, isAround: meter.isAround)
            }
            state.meters.append(meter)
            state.accounts[ObjectIdentifier(meter)] = WatchAccount(name: meter.path.name, label: meter.label)
            if case .stop(let stop) = meter.role {
                state.contexts.append(WatchContext(meter: meter, outer: nil, parent: nil, source: .transit(stop)))
            }
        }
    }

    /// Lets a watch go; no buffer is in it any more.
    func leave(_ meter: WatchMeter) {
        state.withLock { state in
            Self.drain(&state)
            state.meters.removeAll { $0 === meter }
            if state.meters.isEmpty {
                // Contexts hold meters, and these the scope: with the last one all goes.
                state = State()
                return
            }
            state.accounts[ObjectIdentifier(meter)] = nil
            state.taps[ObjectIdentifier(meter)] = nil
            if !state.meters.contains(where: { $0.path == meter.path }) { state.groups[meter.path.text] = nil }
            // What was entered below this watch is never entered again that way.
            for context in state.contexts where context.isBelow(meter) { context.retire() }
        }
    }

    /// The context in which a watch is entered below another one, or below none.
    func context(of meter: WatchMeter, within outer: WatchContext?) -> WatchContext {
        state.withLock { state in
            let known = state.contexts.first { $0.meter === meter && $0.outer === outer && !$0.isRetired }
            if let known { return known }
            var parent = outer
            if let path = meter.path.parent {
                while let candidate = parent, candidate.path != path { parent = candidate.outer }
            }
            let tree =
                if case .laps(_, let tree)? = outer?.source { tree } else { LapTree() }
            let context = WatchContext(
                meter: meter, outer: outer, parent: parent, source: .laps(LapSeries(), tree))
            state.contexts.append(context)
            return context
        }
    }

    /// Closes the window of a watch.
    func close(_ meter: WatchMeter) -> WatchReport? {
        state.withLock { state in
            Self.drain(&state)
            let report = Self.report(of: meter, in: state)
            state.accounts[ObjectIdentifier(meter)] = WatchAccount(name: meter.path.name, label: meter.label)
            return report
        }
    }

    /// Gathers the laps of a watch a second time from now on.
    func tap(_ meter: WatchMeter) {
        state.withLock { $0.taps[ObjectIdentifier(meter)] = Statistics() }
    }

    /// Takes out what was gathered a second time.
    func takeTapped(_ meter: WatchMeter) -> Statistics {
        state.withLock { state in
            Self.drain(&state)
            return state.taps.updateValue(Statistics(), forKey: ObjectIdentifier(meter)) ?? Statistics()
        }
    }

    /// Reads the window of a watch and leaves it open.
    func read(_ meter: WatchMeter) -> WatchReport? {
        state.withLock { state in
            Self.drain(&state)
            return Self.report(of: meter, in: state)
        }
    }

    private static func report(of meter: WatchMeter, in state: State) -> WatchReport? {
        // From one place the full name is clear; from several only the watch's own is true.
        let nested = Set(state.contexts.filter { $0.meter === meter && $0.parent != nil }.map(\.path))
        let path = nested.count == 1 ? nested.first : nil
        return state.accounts[ObjectIdentifier(meter)].map {
            WatchReport(tree: $0.tree, path: path ?? meter.path.text, share: $0.share)
        }
    }

    /// Takes all laps out and adds them to the account of every watch that reports them.
    private static func drain(_ state: inout State) {
        // Found before they are drained: what is over by then gets no more laps.
        let over = Set(state.contexts.filter(\.isOver).map(\.identifier))
        let delivery = WatchDelivery(contexts: state.contexts)
        delivery.deliver(to: &state.accounts)
        delivery.deliver(to: &state.taps)
        state.contexts.removeAll { over.contains($0.identifier) }
    }
}

extension WatchContext {
    /// Whether this is a context of the watch, or is entered inside one.
    func isBelow(_ meter: WatchMeter) -> Bool {
        sequence(first: self) { $0.outer }.contains { $0.meter === meter }
    }
}

/// The scopes of the process, by the address that stands for a pipeline; one is there as long as it has a watch.
package enum WatchRegistry {
    private static let scopes = Mutex<[UInt: WatchScope]>([:])

    /// Makes a watch in the scope of an address, which stands for a pipeline and is not read.
    package static func enter(
        _ address: UInt, _ settings: WatchMeter.Settings, reporter: any WatchReporter
    ) throws(WatchProblem) -> WatchMeter {
        guard let path = WatchPath(settings.path) else { throw WatchProblem.path(settings.path) }
        return try scopes.withLock { scopes throws(WatchProblem) in
            let scope = scopes[address] ?? WatchScope()
            let meter = WatchMeter(path: path, settings: settings, scope: scope, address: address, reporter: reporter)
            try scope.join(meter)
            meter.announce()
            scopes[address] = scope
            return meter
        }
    }

    /// Whether a start of a path is in another scope than that of an address.
    static func hasStart(_ path: WatchPath, outside address: UInt) -> Bool {
        scopes.withLock { scopes in
            scopes.contains { $0.key != address && $0.value.hasStart(path) }
        }
    }

    /// Lets a watch go, and its scope with the last one.
    static func leave(_ address: UInt, _ meter: WatchMeter) {
        scopes.withLock { scopes in
            meter.scope.leave(meter)
            if scopes[address] === meter.scope, meter.scope.isEmpty { scopes[address] = nil }
        }
    }
}
