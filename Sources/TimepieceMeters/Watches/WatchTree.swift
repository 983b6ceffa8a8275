package import Timepiece

/// What a watch and those below it measured in a window.
package struct WatchTree: Sendable {
    package let name: String
    package private(set) var label: String
    package private(set) var statistics = Statistics()
    package private(set) var losses = TransitLosses()
    /// What is under way now, of which a later look replaces an earlier one.
    package private(set) var underWay = TransitOrigin.UnderWay()
    package private(set) var children: [WatchTree] = []

    init(name: String, label: String) {
        self.name = name
        self.label = label
    }

    /// Adds what a watch below measured, by the names on the way to it; with none, this watch itself.
    mutating func add(_ measured: TransitResult, to names: ArraySlice<String>, label: String) {
        guard let next = names.first else {
            self.label = label
            statistics.merge(measured.statistics)
            losses.add(measured.losses)
            underWay.add(measured.underWay)
            return
        }
        let index = children.firstIndex { $0.name == next } ?? children.endIndex
        if index == children.endIndex { children.append(WatchTree(name: next, label: next)) }
        children[index].add(measured, to: names.dropFirst(), label: label)
    }

    /// Forgets what was under way, before it is looked at again.
    mutating func forgetUnderWay() {
        underWay = TransitOrigin.UnderWay()
        for index in children.indices { children[index].forgetUnderWay() }
    }

    /// The sum less the sums of the children; zero if these are more, as they can be where they run side by side.
    package var selfTime: Duration {
        children.reduce(statistics.sum) { max(.zero, $0 - $1.statistics.sum) }
    }

    func share(of whole: UInt64) -> Double {
        whole == 0 ? 0 : Double(statistics.sumNanoseconds) / Double(whole)
    }

    /// Whether there is anything in it worth a report.
    var isEmpty: Bool {
        statistics.count == 0 && losses == TransitLosses() && underWay.count == 0 && children.allSatisfy(\.isEmpty)
    }
}

/// What did not become a lap between a start and a stop.
package struct TransitLosses: Sendable, Equatable {
    /// What a start issued and what did not come, or, where no start is upstream of a stop, what passed it.
    package var unmatched: UInt64 = 0
    /// What came only on a buffer for which another stamp made the lap.
    package var merged: UInt64 = 0

    package init(unmatched: UInt64 = 0, merged: UInt64 = 0) {
        self.unmatched = unmatched
        self.merged = merged
    }

    mutating func add(_ other: TransitLosses) {
        unmatched.addSaturating(other.unmatched)
        merged.addSaturating(other.merged)
    }
}

/// What one watch measured since it was last asked.
struct TransitResult: Sendable {
    var statistics = Statistics()
    var losses = TransitLosses()
    var underWay = TransitOrigin.UnderWay()
}
