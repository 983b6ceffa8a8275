/// The correlation of windows with their neighbors.
///
/// If a machine is alternately busy and idle for some seconds, ten seconds of a slow period are not ten observations.
enum SerialCorrelation {
    /// The first autocorrelation of the ranks, so that one long interval does not hide it.
    ///
    /// The estimate from n values is (1 + 4ρ)/n too low on average (Marriott and Pope, Biometrika 1954), which is
    /// corrected; below nine values, where that would be a guess, only the part without correlation. From 0, because a
    /// negative correlation does no harm, to 0.98.
    static func of(_ values: [Double]) -> Double {
        guard values.count > 1 else { return 0 }
        let n = Double(values.count)
        guard let first = first(values) else { return 0 }
        let seen = first + 1 / n
        return min(0.98, max(0, n > 8 ? seen / (1 - 4 / n) : seen))
    }

    /// nil if all values are equal, which have no correlation.
    private static func first(_ values: [Double]) -> Double? {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            // Equal values share the middle of their ranks.
            let end = order[start...].firstIndex { values[$0] != values[order[start]] } ?? order.endIndex
            let rank = Double(start + end - values.count) / 2
            for index in order[start..<end] { ranks[index] = rank }
            start = end
        }
        let variance = ranks.reduce(0) { $0 + $1 * $1 }
        let covariance = zip(ranks, ranks.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
        return variance > 0 ? covariance / variance : nil
    }
}
