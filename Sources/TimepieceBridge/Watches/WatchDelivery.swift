import Timepiece

/// The laps of all contexts of a pipeline as of one moment, on the way to the watches that report them: each context's
/// laps go to its own watch, and as a child's to every watch above.
struct WatchDelivery {
    /// The laps of one start that a stop saw.
    private struct Part {
        let name: String
        let statistics: Statistics
        let lost: UInt64
    }

    private struct Parcel {
        let context: WatchContext
        var statistics = Statistics()
        var unmatched: UInt64 = 0
        var parts: [Part] = []
    }

    /// Where a parcel has been delivered: once to each place, whatever ways lead there.
    private struct Address: Hashable {
        let meter: ObjectIdentifier
        let names: [String]
    }

    private let parcels: [Parcel]

    /// Drains all contexts, those that share a tree at the same moment.
    init(contexts: [WatchContext]) {
        var turns: [ObjectIdentifier: LapTree.Turn] = [:]
        parcels = contexts.map { context in
            switch context.source {
            case .laps(let series, let tree):
                let turn = turns[ObjectIdentifier(tree)] ?? tree.turn()
                turns[ObjectIdentifier(tree)] = turn
                return Parcel(context: context, statistics: series.drain(turn))
            case .transit(let stop):
                return Self.parcel(of: stop, context)
            }
        }
    }

    private static func parcel(of stop: TransitStop, _ context: WatchContext) -> Parcel {
        var parcel = Parcel(context: context, unmatched: stop.takeStrangers())
        for (origin, statistics) in stop.drain() {
            let lost = origin.takeLost()
            parcel.statistics.merge(statistics)
            parcel.unmatched.addSaturating(lost)
            parcel.parts.append(Part(name: origin.name, statistics: statistics, lost: lost))
        }
        return parcel
    }

    /// Adds everything to the accounts; who has none is not asked.
    func deliver(to accounts: inout [ObjectIdentifier: WatchAccount]) {
        for parcel in parcels {
            var visited: Set<Address> = []
            deliver(parcel, to: parcel.context, names: [], &visited, &accounts)
            let meter = ObjectIdentifier(parcel.context.meter)
            let above = parents(of: parcel.context)
            for parent in above { accounts[meter]?.add(whole: parent.statistics, ofParent: true) }
            if above.isEmpty { accounts[meter]?.add(whole: parcel.statistics, ofParent: false) }
        }
    }

    /// Adds each context's laps to its own watch's tap, if it has one.
    func deliver(to taps: inout [ObjectIdentifier: Statistics]) {
        for parcel in parcels { taps[ObjectIdentifier(parcel.context.meter)]?.merge(parcel.statistics) }
    }

    private func deliver(
        _ parcel: Parcel, to context: WatchContext, names: [String], _ visited: inout Set<Address>,
        _ accounts: inout [ObjectIdentifier: WatchAccount]
    ) {
        let key = ObjectIdentifier(context.meter)
        if visited.insert(Address(meter: key, names: names)).inserted {
            let label = parcel.context.meter.label
            accounts[key]?.add(parcel.statistics, to: names, label: label, unmatched: parcel.unmatched)
            if parcel.parts.count > 1 {
                for part in parcel.parts {
                    // A dot in a path is between two names.
                    let name = String(part.name.map { $0 == "." ? "_" : $0 })
                    accounts[key]?.add(part.statistics, to: names + [name], label: part.name, unmatched: part.lost)
                }
            }
        }
        for parent in parents(of: context) {
            deliver(parcel, to: parent.context, names: [context.meter.path.name] + names, &visited, &accounts)
        }
    }

    /// The parent on the thread's stack, or else the watches that a dotted path names.
    ///
    /// A path is longer than its parent's, so going up always ends.
    private func parents(of context: WatchContext) -> [Parcel] {
        if let parent = context.parent { return parcels.filter { $0.context === parent } }
        guard let path = context.meter.path.parent else { return [] }
        return parcels.filter { $0.context.path == path }
    }
}
