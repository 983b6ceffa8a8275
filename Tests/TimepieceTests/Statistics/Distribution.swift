import TestEnvironment
import Timepiece

/// Distributions that percentiles are found for: of the usual kinds, and of kinds that are hard on buckets.
enum Distribution: String, CaseIterable {
    case constant, uniform, exponential, twoPeaks, bucketEdges, besideEdges, smallNumbers, powersOfTwo, oneOutlier

    func values(_ number: Int, using random: inout SeededGenerator) -> [UInt64] {
        (0..<number).map { index in
            switch self {
            case .constant: 33_333_333
            case .uniform: UInt64.random(in: 1...50_000_000, using: &random)
            case .exponential:
                UInt64(1 << Int.random(in: 0..<46, using: &random)) + UInt64.random(in: 0..<99, using: &random)
            case .twoPeaks: (index % 2 == 0 ? 1_000_000 : 90_000_000) + UInt64.random(in: 0..<1000, using: &random)
            case .bucketEdges: edge(using: &random)
            case .besideEdges: edge(using: &random) - 1
            case .smallNumbers: UInt64.random(in: 1...400, using: &random)
            case .powersOfTwo: UInt64(1) << UInt64.random(in: 0..<48, using: &random)
            case .oneOutlier: index == 0 ? 3_600_000_000_000 : 40_000_000
            }
        }
    }

    private func edge(using random: inout SeededGenerator) -> UInt64 {
        UInt64(HistogramScale.upperBound(of: Int.random(in: 500..<3000, using: &random)).rounded(.down)) + 1
    }
}
