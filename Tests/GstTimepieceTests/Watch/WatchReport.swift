/// A `timepiece-watch` message, or one of its children.
struct WatchReport {
    let structure: Structure
    let label: String
    let watch: String
    let laps: UInt64
    let sum: UInt64
    let shortest: UInt64
    let median: UInt64
    let longest: UInt64
    let selfTime: UInt64
    let share: Double
    let unmatched: UInt64
    let merged: UInt64
    let inFlight: UInt64
    let oldestInFlight: UInt64
    let children: [WatchReport]

    init(_ structure: Structure) throws {
        guard let label = structure.text("label"), let watch = structure.text("watch"),
            let laps = structure.unsigned("num-intervals"), let sum = structure.unsigned("sum-interval"),
            let shortest = structure.unsigned("min-interval"), let median = structure.unsigned("p50-interval"),
            let longest = structure.unsigned("max-interval"), let selfTime = structure.unsigned("self-time"),
            let share = structure.real("share"), let unmatched = structure.unsigned("num-unmatched"),
            let merged = structure.unsigned("num-merged"), let inFlight = structure.unsigned("in-flight"),
            let oldestInFlight = structure.unsigned("oldest-in-flight"),
            case .array(let members)? = structure["children"]
        else { throw TestFailure("The message lacks a field: \(structure)") }
        self.structure = structure
        (self.label, self.watch, self.laps, self.sum) = (label, watch, laps, sum)
        (self.shortest, self.median, self.longest) = (shortest, median, longest)
        (self.selfTime, self.share, self.unmatched) = (selfTime, share, unmatched)
        (self.merged, self.inFlight, self.oldestInFlight) = (merged, inFlight, oldestInFlight)
        children = try members.map { member in
            guard case .structure(let child) = member else {
                throw TestFailure("A child is not a structure: \(member)")
            }
            return try WatchReport(child)
        }
    }

    /// A child by its label.
    func child(_ label: String) throws -> WatchReport {
        guard let child = children.first(where: { $0.label == label }) else {
            throw TestFailure("\(watch) has no child \(label), only \(children.map(\.label)).")
        }
        return child
    }

    /// What the starts issued, as the stop accounts for it.
    var issued: UInt64 { laps + unmatched + merged + inFlight }

    /// Whether the self-time and the children's sums are the sum, all the way down.
    var addsUp: Bool {
        sum == children.reduce(selfTime) { $0 + $1.sum } && children.allSatisfy(\.addsUp)
    }
}

extension Pipeline {
    /// The reports of the watches, of one by its element's name or of all.
    func watches(_ source: String? = nil) throws -> [WatchReport] {
        try messages.structures("timepiece-watch", from: source).map { try WatchReport($0) }
    }

    /// The only report of an element with `interval=0`.
    func watch(_ source: String) throws -> WatchReport {
        guard let report = try watches(source).first else { throw TestFailure("There is no report of \(source).") }
        return report
    }
}

extension [WatchReport] {
    /// What the starts issued, as all reports of a stop account for it.
    var issued: UInt64 { reduce(last?.inFlight ?? 0) { $0 + $1.laps + $1.unmatched + $1.merged } }
    var laps: UInt64 { reduce(0) { $0 + $1.laps } }
    var unmatched: UInt64 { reduce(0) { $0 + $1.unmatched } }
}

extension UInt64 {
    /// Milliseconds, in nanoseconds.
    static func milliseconds(_ number: UInt64) -> UInt64 { number * 1_000_000 }
}
