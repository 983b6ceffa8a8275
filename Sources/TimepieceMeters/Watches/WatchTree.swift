package import Timepiece

/// What a watch and those below it measured in a window.
package struct WatchTree: Sendable {
    package let name: String
    package private(set) var label: String
    package private(set) var statistics = Statistics()
    package private(set) var unmatched: UInt64 = 0
    package private(set) var children: [WatchTree] = []

    init(name: String, label: String) {
        self.name = name
        self.label = label
    }

    /// Adds what a watch below measured, by the names on the way to it; with none, this watch itself.
    mutating func add(_ measured: Statistics, to names: ArraySlice<String>, label: String, unmatched lost: UInt64) {
        guard let next = names.first else {
            self.label = label
            statistics.merge(measured)
            unmatched.addSaturating(lost)
            return
        }
        let index = children.firstIndex { $0.name == next } ?? children.endIndex
        if index == children.endIndex { children.append(WatchTree(name: next, label: next)) }
        children[index].add(measured, to: names.dropFirst(), label: label, unmatched: lost)
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
        statistics.count == 0 && unmatched == 0 && children.allSatisfy(\.isEmpty)
    }
}
