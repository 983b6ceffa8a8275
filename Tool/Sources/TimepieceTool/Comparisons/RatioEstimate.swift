import Glibc

/// The ratio of a value after to the value before, with an interval that contains the true ratio.
///
/// Times: the logarithms of the windows, without the warm-up, are averaged in consecutive blocks, and Student's interval
/// for two groups is put around the difference of the blocks' means, with the degrees of freedom of the smaller group
/// (Ibragimov and Müller, "t-Statistic Based Correlation and Heterogeneity Robust Inference", JBES 2010, and
/// "Inference with Few Heterogeneous Clusters", REStat 2016). If windows are correlated with their neighbors beyond a
/// block, the variance is that of the smaller number of independent ones. The interval of a ratio instead of a test:
/// Kalibera and Jones, "Quantifying Performance Changes with Effect Size Confidence Intervals", 2012.
///
/// Counts: events that follow each other immediately are one episode, and the ratio of two rates is judged by how the
/// episodes divide between the recordings, which is binomial (Przyborowski and Wilenski, Biometrika 1940), with the
/// exact interval of Clopper and Pearson.
struct RatioEstimate: Equatable {
    let before: Double
    let after: Double
    /// From 0 to infinity, which is also the interval if nothing is known.
    let low: Double
    let high: Double

    /// nil if there was nothing before.
    var ratio: Double? { before > 0 ? after / before : nil }

    /// More narrow the interval little, and are less independent of each other.
    private static let mostBlocks = 8
    /// Fewer windows are not conclusive: a busy period of the machine may cover all of them.
    static let fewestWindows = 5
    /// With fewer windows their correlation cannot be estimated, so a correlation is assumed.
    private static let fewestForCorrelation = 9
    /// Fewer runs of `--repeat` are not conclusive.
    static let fewestRuns = 3

    /// The windows of one recording each, in their order, positive.
    ///
    /// - Parameters:
    ///   - chance: how often the interval may miss the true ratio.
    ///   - resolution: the error of the values themselves, as a ratio.
    static func windows(
        _ before: [Double], _ after: [Double], chance: Double, resolution: Double
    ) -> RatioEstimate {
        // Two copies of one recording: nothing is uncertain.
        if before == after, before.count >= fewestWindows {
            let typical = exp(Group(windows: before.map(log)).mean)
            return RatioEstimate(before: typical, after: typical, low: 1, high: 1)
        }
        let old = Group(windows: before.map(log))
        let new = Group(windows: after.map(log))
        return between(old, new, fewest: fewestWindows, chance: chance, resolution: resolution)
    }

    /// One value for each of several runs, which are independent.
    static func runs(_ before: [Double], _ after: [Double], chance: Double, resolution: Double) -> RatioEstimate {
        let old = Group(runs: before.map(log))
        let new = Group(runs: after.map(log))
        return between(old, new, fewest: fewestRuns, chance: chance, resolution: resolution)
    }

    private static func between(
        _ old: Group, _ new: Group, fewest: Int, chance: Double, resolution: Double
    ) -> RatioEstimate {
        let difference = new.mean - old.mean
        guard old.size >= fewest, new.size >= fewest else {
            return RatioEstimate(before: exp(old.mean), after: exp(new.mean), low: 0, high: .infinity)
        }
        let error = (old.variance + new.variance).squareRoot()
        let degrees = Double(min(old.blocks, new.blocks) - 1)
        let width = StudentT.quantile(chance, degrees: degrees) * error + log(resolution)
        return RatioEstimate(
            before: exp(old.mean), after: exp(new.mean), low: exp(difference - width), high: exp(difference + width))
    }

    /// Numbers of episodes, each in its time.
    static func rates(
        _ before: Int, in old: Double, _ after: Int, in new: Double, chance: Double
    ) -> RatioEstimate {
        guard old > 0, new > 0 else { return RatioEstimate(before: 0, after: 0, low: 0, high: .infinity) }
        let all = before + after
        // The fraction of all episodes that is after.
        let low = after > 0 ? IncompleteBeta.inverse(chance / 2, Double(after), Double(before) + 1) : 0
        let high = before > 0 ? IncompleteBeta.inverse(1 - chance / 2, Double(after) + 1, Double(before)) : 1
        func ratio(_ part: Double) -> Double { part >= 1 ? .infinity : part / (1 - part) * old / new }
        return RatioEstimate(
            before: Double(before) / old, after: Double(after) / new, low: all > 0 ? ratio(low) : 0,
            high: all > 0 ? ratio(high) : .infinity)
    }

    /// Events in neighboring windows are one episode.
    static func episodes(_ counts: [UInt64]) -> Int {
        var episodes = 0
        var former: UInt64 = 0
        for count in counts {
            if count > 0, former == 0 { episodes += 1 }
            former = count
        }
        return episodes
    }

    /// Without the start: windows are left out, up to a third, while the first is beyond all that follow (Conway, "Some
    /// Tactical Problems in Digital Simulation", Management Science 1963).
    static func withoutWarmUp(_ values: [Double]) -> ArraySlice<Double> {
        // The extremes of the windows after each.
        var least = values
        var most = values
        for index in values.indices.dropLast().reversed() {
            least[index] = min(values[index], least[index + 1])
            most[index] = max(values[index], most[index + 1])
        }
        var start = 0
        while start < values.count / 3, values[start] > most[start + 1] || values[start] < least[start + 1] {
            start += 1
        }
        return values[start...]
    }

    private struct Group {
        let mean: Double
        /// Of the mean.
        let variance: Double
        let blocks: Int
        let size: Int

        init(windows values: [Double]) {
            let kept = Array(RatioEstimate.withoutWarmUp(values))
            size = kept.count
            let count = min(kept.count, RatioEstimate.mostBlocks)
            blocks = count
            let means = (0..<count).map { block in
                let part = kept[kept.count * block / count..<kept.count * (block + 1) / count]
                return part.reduce(0, +) / Double(part.count)
            }
            mean = kept.isEmpty ? 0 : kept.reduce(0, +) / Double(kept.count)
            let seen = SerialCorrelation.of(kept)
            let correlation = kept.count < RatioEstimate.fewestForCorrelation ? max(0.5, seen) : seen
            let widened = Self.variance(of: kept) * (1 + correlation) / (1 - correlation)
            variance = max(Self.variance(of: means), widened)
        }

        init(runs values: [Double]) {
            size = values.count
            blocks = values.count
            mean = values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
            variance = Self.variance(of: values)
        }

        /// That of their mean, as if they were independent.
        private static func variance(of values: [Double]) -> Double {
            guard values.count > 1 else { return 0 }
            let n = Double(values.count)
            let mean = values.reduce(0, +) / n
            return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1) / n
        }
    }
}
