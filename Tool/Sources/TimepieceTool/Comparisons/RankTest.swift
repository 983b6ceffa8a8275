import Glibc

/// Whether two samples come from one distribution: the rank test of Mann and Whitney, two-sided.
///
/// Exact, ties included, for small samples: the distribution of the rank sum over all ways to divide the values. For
/// larger ones by the normal approximation with corrections for ties and for continuity, which there is as good.
enum RankTest {
    /// Fewer values than this tell nothing at one in a hundred: even with 4 against 4 chance divides them so one time in
    /// 35.
    static let fewest = 5
    /// The most values, of both samples together, for which all divisions are counted.
    static let mostExact = 40

    /// The probability that a difference like this, or a larger one, is chance; nil if there are too few values.
    static func probability(_ left: [Double], _ right: [Double]) -> Double? {
        guard left.count >= fewest, right.count >= fewest else { return nil }
        let all = (left.map { (value: $0, isLeft: true) } + right.map { (value: $0, isLeft: false) })
            .sorted { $0.value < $1.value }
        // Twice the ranks, which are whole numbers with ties, too.
        var ranks: [Int] = []
        var rankSum = 0
        var ties = 0.0
        while ranks.count < all.count {
            let start = ranks.count
            let end = all[start...].firstIndex { $0.value != all[start].value } ?? all.endIndex
            ranks += Array(repeating: start + end + 1, count: end - start)
            rankSum += (start + end + 1) * all[start..<end].count { $0.isLeft }
            let size = Double(end - start)
            ties += size * size * size - size
        }
        return all.count <= mostExact
            ? exact(ranks, take: left.count, sum: rankSum)
            : normal(n: Double(left.count), m: Double(right.count), rankSum: Double(rankSum) / 2, ties: ties)
    }

    /// The part of all ways to take so many of the ranks whose sum is as far from the middle as this one, or farther.
    private static func exact(_ ranks: [Int], take: Int, sum: Int) -> Double {
        let top = ranks.reduce(0, +)
        // ways[k][s]: how many ways to take k of the ranks seen so far with the sum s; doubles hold 40 over 20 exactly.
        var ways = [[Double]](repeating: [Double](repeating: 0, count: top + 1), count: take + 1)
        ways[0][0] = 1
        for rank in ranks {
            for k in stride(from: take, to: 0, by: -1) {
                for s in stride(from: top, through: rank, by: -1) { ways[k][s] += ways[k - 1][s - rank] }
            }
        }
        // The middle of the sum of `take` doubled ranks out of n is take * (n + 1).
        let middle = take * (ranks.count + 1)
        let distance = abs(sum - middle)
        var all = 0.0
        var far = 0.0
        for (s, count) in ways[take].enumerated() {
            all += count
            if abs(s - middle) >= distance { far += count }
        }
        return far / all
    }

    private static func normal(n: Double, m: Double, rankSum: Double, ties: Double) -> Double {
        let variance = n * m / 12 * ((n + m + 1) - ties / ((n + m) * (n + m - 1)))
        guard variance > 0 else { return 1 }
        let distance = abs(rankSum - n * (n + m + 1) / 2)
        return erfc(max(0, distance - 0.5) / variance.squareRoot() / 2.0.squareRoot())
    }
}
