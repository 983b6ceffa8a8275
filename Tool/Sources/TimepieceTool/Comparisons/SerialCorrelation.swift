import Glibc

/// How far windows resemble their neighbors, and what that takes from a test's certainty.
///
/// A rank test takes its values for independent. Windows are not, where a machine is busy for some seconds and idle for
/// some: ten seconds of a slow spell are not ten observations, and counted as ten they would make noise look real.
enum SerialCorrelation {
    /// The first autocorrelation within the samples: the one that widens the test as much as each widens its own part.
    ///
    /// Of the ranks, so that one long interval does not hide it; from 0, since neighbors that differ more than chance has
    /// it do no harm, to 0.98.
    static func of(_ left: [Double], _ right: [Double]) -> Double {
        let parts = [left, right].map { values in
            let correlation = corrected(values)
            return (count: Double(values.count), widening: (1 + correlation) / (1 - correlation))
        }
        let count = parts.reduce(0) { $0 + $1.count }
        guard count > 0 else { return 0 }
        let widening = parts.reduce(0) { $0 + $1.count * $1.widening } / count
        return (widening - 1) / (widening + 1)
    }

    /// That of n values comes out (1 + 4ρ)/n too low on average (Marriott and Pope, Biometrika 1954), which is made good;
    /// below nine values, where that would be guessing, only the part that is there without correlation.
    private static func corrected(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return 0 }
        let n = Double(values.count)
        let seen = first(values) + 1 / n
        return min(0.98, max(0, n > 8 ? seen / (1 - 4 / n) : seen))
    }

    /// The probability for values of that correlation: n of them are worth n (1 − ρ) / (1 + ρ) independent ones.
    static func widened(_ probability: Double, _ correlation: Double) -> Double {
        guard probability > 0, probability < 1 else { return probability }
        // How many standard deviations that is: erfc falls all the way.
        var low = 0.0
        var high = 40.0
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if erfc(middle / 2.0.squareRoot()) > probability { low = middle } else { high = middle }
        }
        return erfc(low * ((1 - correlation) / (1 + correlation)).squareRoot() / 2.0.squareRoot())
    }

    private static func first(_ values: [Double]) -> Double {
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
        return variance > 0 ? covariance / variance : 0
    }
}
