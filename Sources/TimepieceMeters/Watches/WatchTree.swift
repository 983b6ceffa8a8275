package import Timepiece

/// The measurements of a watch and those below it in a window.
package struct WatchTree: Sendable {
    package let name: String
    package private(set) var label: String
    package private(set) var statistics = Statistics()
    package private(set) var losses = TransitLosses()
    /// The buffers in flight.
    package private(set) var underWay = TransitOrigin.UnderWay()
    package private(set) var children: [WatchTree] = []

    init(name: String, label: String) {
        self.name = name
        self.label = label
    }

    /// Adds the measurements at one more place.
    mutating func add(_ measured: TransitResult, label: String) {
        self.label = label
        statistics.merge(measured.statistics)
        losses.add(measured.losses)
        underWay.add(measured.underWay)
    }

    mutating func add(child: WatchTree) {
        children.append(child)
    }

    /// The sum less the sums of the children; zero if these are more, as they can be if they run in parallel.
    package var selfTime: Duration {
        children.reduce(statistics.sum) { max(.zero, $0 - $1.statistics.sum) }
    }

    func share(of whole: UInt64) -> Double {
        whole == 0 ? 0 : Double(statistics.sumNanoseconds) / Double(whole)
    }

    /// Whether it has anything to report.
    var isEmpty: Bool {
        statistics.count == 0 && losses == TransitLosses() && underWay.count == 0 && children.allSatisfy(\.isEmpty)
    }
}

/// The buffers that did not become a lap between a start and a stop.
package struct TransitLosses: Sendable, Equatable {
    /// The buffers that a start issued and that did not arrive, or, if no start is upstream of a stop, those that
    /// passed it.
    package var unmatched: UInt64 = 0
    /// The stamps that arrived only on a buffer for which another stamp made the lap.
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

/// The measurements of one watch since the last call.
struct TransitResult: Sendable {
    var statistics = Statistics()
    var losses = TransitLosses()
    /// At the end of that time.
    var underWay = TransitOrigin.UnderWay()

    var isEmpty: Bool { statistics.count == 0 && losses == TransitLosses() && underWay.count == 0 }

    /// Adds later measurements.
    mutating func append(_ later: TransitResult) {
        statistics.merge(later.statistics)
        losses.add(later.losses)
        underWay = later.underWay
    }
}
