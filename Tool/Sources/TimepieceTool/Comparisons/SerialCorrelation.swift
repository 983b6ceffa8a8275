/// How far windows resemble their neighbors.
///
/// Where a machine is busy for some seconds and idle for some, ten seconds of a slow spell are not ten observations.
enum SerialCorrelation {
    /// The first autocorrelation of the ranks, so that one long interval does not hide it.
    ///
    /// That of n values comes out (1 + 4ρ)/n too low on average (Marriott and Pope, Biometrika 1954), which is made
    /// good; below nine values, where that would be guessing, only the part that is there without correlation. From 0,
    /// since neighbors that differ more than chance has it do no harm, to 0.98.
    static func of(_ values: [Double]) -> Double {
        guard values.count > 1 else { return 0 }
        let n = Double(values.count)
        guard let first = first(values) else { return 0 }
        let seen = first + 1 / n
        return min(0.98, max(0, n > 8 ? seen / (1 - 4 / n) : seen))
    }

    /// nil if all values are equal, which do not correlate with anything.
    private static func first(_ values: [Double]) -> Double? {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            // Equal values share the middle of their ranks.
            let end = order[start...].firstIndex { values[$0] != values[order[start]] } ?? order.endIndex
            for index in order[start..<end] { ranks[index] = Double(start + end - 1 - (values.count - 1)) / 2 }
            start = end
        }
        let variance = ranks.reduce(0) { $0 + $1 * $1 }
        let covariance = zip(ranks, ranks.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
        return variance > 0 ? covariance / variance : nil
    }
}
