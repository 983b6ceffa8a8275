import Timepiece

/// The laps of all contexts of a pipeline as of one moment, on the way to the watches that report them: each context's
/// laps go to its own watch, and as a child's to every watch above.
struct WatchDelivery {
    /// The laps of one start that a stop saw.
    private struct Part {
        let name: String
        let result: TransitResult
    }

    private struct QueuedDatum {
        let context: WatchContext
        var result = TransitResult()
        var parts: [Part] = []
    }

    /// Where a queuedDatum has been delivered: once to each place, whatever ways lead there.
    private struct Address: Hashable {
        let meter: ObjectIdentifier
        let names: [String]
    }

    private let queuedData: [QueuedDatum]

    /// Drains all contexts, those that share a tree at the same moment.
    init(contexts: [WatchContext]) {
        var flips: [ObjectIdentifier: LapTree.Flip] = [:]
        queuedData = contexts.map { context in
            switch context.source {
            case .laps(let series, let tree):
                let flip = flips[ObjectIdentifier(tree)] ?? tree.flip()
                flips[ObjectIdentifier(tree)] = flip
                return QueuedDatum(context: context, result: TransitResult(statistics: series.drain(flip)))
            case .transit(let stop):
                return Self.queuedDatum(of: stop, context)
            }
        }
    }

    private static func queuedDatum(of stop: TransitStop, _ context: WatchContext) -> QueuedDatum {
        var queuedDatum = QueuedDatum(context: context)
        for (origin, statistics) in stop.drain() {
            let result = TransitResult(
                statistics: statistics,
                losses: TransitLosses(unmatched: origin.takeLost(), merged: origin.takeMerged()),
                underWay: origin.underWay)
            queuedDatum.result.statistics.merge(statistics)
            queuedDatum.result.losses.add(result.losses)
            queuedDatum.result.underWay.add(result.underWay)
            queuedDatum.parts.append(Part(name: origin.name, result: result))
        }
        queuedDatum.result.losses.add(TransitLosses(unmatched: stop.takeStrangers()))
        return queuedDatum
    }

    /// Adds everything to the accounts of those watches that have one.
    func deliver(to accounts: inout [ObjectIdentifier: WatchAccount]) {
        for key in accounts.keys { accounts[key]?.forgetUnderWay() }
        for queuedDatum in queuedData {
            var visited: Set<Address> = []
            deliver(queuedDatum, to: queuedDatum.context, names: [], &visited, &accounts)
            let meter = ObjectIdentifier(queuedDatum.context.meter)
            let above = parents(of: queuedDatum.context)
            for parent in above { accounts[meter]?.add(whole: parent.result.statistics, ofParent: true) }
            if above.isEmpty { accounts[meter]?.add(whole: queuedDatum.result.statistics, ofParent: false) }
        }
    }

    /// Adds each context's laps to its own watch's tap, if it has one.
    func deliver(to taps: inout [ObjectIdentifier: Statistics]) {
        for queuedDatum in queuedData {
            taps[ObjectIdentifier(queuedDatum.context.meter)]?.merge(queuedDatum.result.statistics)
        }
    }

    private func deliver(
        _ queuedDatum: QueuedDatum, to context: WatchContext, names: [String], _ visited: inout Set<Address>,
        _ accounts: inout [ObjectIdentifier: WatchAccount]
    ) {
        let key = ObjectIdentifier(context.meter)
        if visited.insert(Address(meter: key, names: names)).inserted {
            let label = queuedDatum.context.meter.label
            accounts[key]?.add(queuedDatum.result, to: names, label: label)
            if queuedDatum.parts.count > 1 {
                for part in queuedDatum.parts {
                    // A dot in a path is between two names.
                    let name = String(part.name.map { $0 == "." ? "_" : $0 })
                    accounts[key]?.add(part.result, to: names + [name], label: part.name)
                }
            }
        }
        for parent in parents(of: context) {
            deliver(queuedDatum, to: parent.context, names: [context.meter.path.name] + names, &visited, &accounts)
        }
    }

    /// The parent on the thread's stack, or else the watches that a dotted path names.
    ///
    /// A path is longer than its parent's, so going up always ends.
    private func parents(of context: WatchContext) -> [QueuedDatum] {
        if let parent = context.parent { return queuedData.filter { $0.context === parent } }
        guard let path = context.meter.path.parent else { return [] }
        return queuedData.filter { $0.context.path == path }
    }
}
