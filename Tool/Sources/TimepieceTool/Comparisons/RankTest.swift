import Glibc

/// Whether two samples come from one distribution: the rank test of Mann and Whitney, two-sided.
///
/// By the normal approximation with a correction for ties; good enough from five values each.
enum RankTest {
    /// The probability that a difference like this, or a larger one, is chance; nil if there are too few values.
    static func probability(_ left: [Double], _ right: [Double]) -> Double? {
        guard left.count >= 5, right.count >= 5 else { return nil }
        let all = (left.map { ($0, true) } + right.map { ($0, false) }).sorted { $0.0 < $1.0 }
        var rankSum = 0.0
        var ties = 0.0
        var index = 0
        while index < all.count {
            var end = index
            while end < all.count, all[end].0 == all[index].0 { end += 1 }
            let size = Double(end - index)
            let rank = Double(index + end + 1) / 2
            rankSum += rank * Double(all[index..<end].count { $0.1 })
            ties += size * size * size - size
            index = end
        }
        let n = Double(left.count)
        let m = Double(right.count)
        let mean = n * m / 2
        let variance = n * m / 12 * ((n + m + 1) - ties / ((n + m) * (n + m - 1)))
        guard variance > 0 else { return 1 }
        let distance = abs(rankSum - n * (n + 1) / 2 - mean)
        return erfc(max(0, distance - 0.5) / variance.squareRoot() / 2.0.squareRoot())
    }
}
