import Glibc

/// One metric of a stream or watch, with its values in both recordings.
struct ComparedMetric {
    let name: String
    let unit: Comparison.Line.Unit
    let sense: Comparison.Sense
    /// Whether nothing happened in either: a count of 0 in both.
    let isQuiet: Bool
    /// How long the shorter of the two is, in seconds.
    let length: Double
    let estimate: (_ chance: Double) -> RatioEstimate

    /// All metrics of a series that has a run, or several, on either side.
    static func all(_ before: [MeasuredSeries], _ after: [MeasuredSeries]) -> [ComparedMetric] {
        guard let kind = before.first?.kind else { return [] }
        var metrics: [ComparedMetric] = []
        func time(_ name: String, _ read: @escaping (MeasuredSeries.Window) -> Double) {
            metrics.append(value(name, .time, .lessIsFaster, before, after, read))
        }
        switch kind {
        case .stream:
            metrics.append(value("rate", .rate, .moreIsFaster, before, after) { Double($0.count) / $0.sum })
        case .watch:
            time("mean lap") { $0.sum / Double($0.count) }
        case .element:
            time("p50 work") { $0.p50 }
            return metrics
        case .drops:
            return [count("drops", before, after)]
        }
        time("p50") { $0.p50 }
        time("p90") { $0.p90 }
        time("p99") { $0.p99 }
        time("longest") { $0.longest }
        if kind == .stream {
            if (before + after).allSatisfy({ $0.windows.contains { $0.bitrate > 0 } }) {
                metrics.append(value("bitrate", .bitrate, .neutral, before, after) { $0.bitrate })
            }
            metrics.append(stalls(before, after))
            metrics.append(count("freezes", before, after))
            metrics += [count("discontinuities", before, after), count("jumps", before, after)].filter { !$0.isQuiet }
        } else if kind == .watch {
            metrics += [count("unmatched", before, after)].filter { !$0.isQuiet }
        }
        return metrics
    }

    private static func value(
        _ name: String, _ unit: Comparison.Line.Unit, _ sense: Comparison.Sense, _ before: [MeasuredSeries],
        _ after: [MeasuredSeries], _ read: @escaping (MeasuredSeries.Window) -> Double
    ) -> ComparedMetric {
        // A rate is exact, and so are values divided by it.
        let isExact = ["mean lap", "longest"].contains(name)
        let resolution = unit == .time && !isExact ? Comparison.resolution : 1.001
        let old = before.map { $0.values(read) }
        let new = after.map { $0.values(read) }
        return ComparedMetric(
            name: name, unit: unit, sense: sense, isQuiet: false, length: length(before, after),
            estimate: { chance in
                if old.count == 1, new.count == 1 {
                    return RatioEstimate.windows(old[0], new[0], chance: chance, resolution: resolution)
                }
                func typical(_ run: [Double]) -> Double? {
                    let kept = RatioEstimate.withoutWarmUp(run.map { log($0) })
                    return kept.isEmpty ? nil : exp(kept.reduce(0, +) / Double(kept.count))
                }
                return RatioEstimate.runs(
                    old.compactMap(typical), new.compactMap(typical), chance: chance, resolution: resolution)
            })
    }

    private static func count(
        _ name: String, _ before: [MeasuredSeries], _ after: [MeasuredSeries]
    ) -> ComparedMetric {
        func episodes(_ series: [MeasuredSeries]) -> Int {
            series.reduce(0) { $0 + RatioEstimate.episodes($1.windows.map { $0.counts[name] ?? 0 }) }
        }
        // For drops only the sum of a recording is known.
        func sum(_ series: [MeasuredSeries]) -> Int {
            // More windows add nothing, and a recording may contain anything.
            Int(min(1_000_000_000, series.reduce(UInt64(0)) { $0 +| ($1.windows.first?.counts[name] ?? 0) }))
        }
        return name == "drops"
            ? count(name, sum(before), sum(after), before, after)
            : count(name, episodes(before), episodes(after), before, after)
    }

    private static func stalls(_ before: [MeasuredSeries], _ after: [MeasuredSeries]) -> ComparedMetric {
        count("stalls", before.reduce(0) { $0 + $1.stalls }, after.reduce(0) { $0 + $1.stalls }, before, after)
    }

    private static func count(
        _ name: String, _ old: Int, _ new: Int, _ before: [MeasuredSeries], _ after: [MeasuredSeries]
    ) -> ComparedMetric {
        let (oldLength, newLength) = (before.reduce(0) { $0 + $1.length }, after.reduce(0) { $0 + $1.length })
        // Two copies of one recording: nothing is uncertain, as for times.
        let areCopies =
            before.map(\.windows) == after.map(\.windows) && old == new && old > 0
            && (before.first?.windows.count ?? 0) >= RatioEstimate.fewestWindows
        return ComparedMetric(
            name: name, unit: .perMinute, sense: .lessIsFaster, isQuiet: old == 0 && new == 0,
            length: length(before, after),
            estimate: { chance in
                let estimate = RatioEstimate.rates(old, in: oldLength / 60, new, in: newLength / 60, chance: chance)
                return areCopies
                    ? RatioEstimate(before: estimate.before, after: estimate.after, low: 1, high: 1) : estimate
            })
    }

    private static func length(_ before: [MeasuredSeries], _ after: [MeasuredSeries]) -> Double {
        min(before.map(\.length).min() ?? 0, after.map(\.length).min() ?? 0)
    }
}
