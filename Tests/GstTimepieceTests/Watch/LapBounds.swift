import Testing

/// The bounds of the laps between two points, by the probes of the same run: a lap is never shorter than from
/// leaving the first to reaching the second, and never longer than from reaching the first to leaving the second.
///
/// The two differ by what the probes and the elements themselves take, and by how long the thread was kept from running
/// in between; so the bounds are close on a quiet machine and hold on a busy one.
struct LapBounds {
    let least: [UInt64]
    let most: [UInt64]

    /// Bounds of what passed both, in the order of the second.
    ///
    /// - Parameters:
    ///   - start: where laps start.
    ///   - stop: where they stop.
    ///   - byOrder: whether the n-th at the start is the n-th at the stop; otherwise they are identified by their time
    ///     stamps.
    init(from start: Crossing, to stop: Crossing, byOrder: Bool = false) {
        var least: [UInt64] = []
        var most: [UInt64] = []
        let begun = byOrder ? [:] : Self.byPresentation(start.entries)
        for (index, (entry, exit)) in zip(stop.entries, stop.exits).enumerated() {
            let place = byOrder ? index : begun[entry.presentation]
            guard let place, place < start.exits.count else { continue }
            let (latest, earliest) = (start.exits[place].instant, start.entries[place].instant)
            least.append(entry.instant > latest ? entry.instant - latest : 0)
            most.append(exit.instant - earliest)
        }
        (self.least, self.most) = (least, most)
    }

    private static func byPresentation(_ passings: [PadTimes.Passing]) -> [UInt64: Int] {
        Dictionary(passings.enumerated().map { ($1.presentation, $0) }) { first, _ in first }
    }

    /// Whether a report says what the probes say: as many laps, and all statistics within the bounds.
    func expect(_ report: WatchReport, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let (low, high) = (least.sorted(), most.sorted())
        try #require(!low.isEmpty, sourceLocation: sourceLocation)
        #expect(report.laps == UInt64(low.count), sourceLocation: sourceLocation)
        #expect(report.sum >= low.reduce(0, +), sourceLocation: sourceLocation)
        #expect(report.sum <= high.reduce(0, +), sourceLocation: sourceLocation)
        #expect(report.shortest >= low[0] && report.shortest <= high[0], sourceLocation: sourceLocation)
        #expect(report.longest >= low[low.count - 1], sourceLocation: sourceLocation)
        #expect(report.longest <= high[high.count - 1], sourceLocation: sourceLocation)
        // A median of the message is at most 0.55 % off.
        let median = Double(report.median)
        #expect(median >= Double(low[(low.count - 1) / 2]) * 0.9945, sourceLocation: sourceLocation)
        #expect(median <= Double(high[high.count / 2]) * 1.0055, sourceLocation: sourceLocation)
    }

    /// The middle one of the least lengths.
    var median: UInt64 {
        least.isEmpty ? 0 : least.sorted()[(least.count - 1) / 2]
    }
}
