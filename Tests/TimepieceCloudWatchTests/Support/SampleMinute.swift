import Glibc
import TestEnvironment
import Testing
import Timepiece

/// A minute of measured durations in a shape that streams have, and what is true about it.
struct SampleMinute: Sendable, CustomTestStringConvertible {
    let name: String
    /// Ascending, in nanoseconds.
    let samples: [Int64]

    var testDescription: String { name }

    /// Frame times around 33 ms with a tail to the right.
    static let lognormal = SampleMinute(name: "lognormal", count: 3600) { random in 33e6 * exp(0.25 * random.normal()) }
    /// A codec's cheap and expensive frames.
    static let twoPeaked = SampleMinute(name: "two-peaked", count: 1800) { random in
        (random.uniform() < 0.7 ? 8e6 : 60e6) * (1 + 0.03 * random.normal())
    }
    /// A network source: a Pareto tail over three decades.
    static let heavyTailed = SampleMinute(name: "heavy-tailed", count: 6000) { random in
        2e6 / pow(random.uniform(), 1 / 1.3)
    }

    /// A lognormal minute of any scale, width and count.
    static func random(seed: Int) -> SampleMinute {
        var random = SeededGenerator(seed: UInt64(seed) &+ 1000)
        let scale = 1e3 * pow(10, 6 * random.uniform())
        let width = 2 * random.uniform()
        let count = 500 + Int(random.next() % 8000)
        return SampleMinute(name: "random \(seed)", count: count) { random in scale * exp(width * random.normal()) }
    }

    static let all = [lognormal, twoPeaked, heavyTailed]

    private init(name: String, count: Int, draw: (inout SeededGenerator) -> Double) {
        self.name = name
        var random = SeededGenerator(seed: UInt64(count))
        samples = (0..<count).map { _ in max(1, Int64(min(draw(&random), 60e9))) }.sorted()
    }

    var statistics: Statistics {
        var statistics = Statistics()
        for sample in samples { statistics.record(.nanoseconds(sample)) }
        return statistics
    }

    var sum: Int64 { samples.reduce(0, +) }

    /// The true percentile by linear interpolation between ranks, as numpy and MiniStack have it.
    func percentile(_ percentile: Double) -> Double {
        let rank = percentile / 100 * Double(samples.count - 1)
        let index = Int(rank)
        let low = Double(samples[index])
        let high = Double(samples[min(index + 1, samples.count - 1)])
        return low + (rank - Double(index)) * (high - low)
    }
}

extension SeededGenerator {
    /// A number from above 0 up to 1.
    fileprivate mutating func uniform() -> Double {
        (Double(next() >> 11) + 1) / 9_007_199_254_740_992
    }

    /// A number of the standard normal distribution, after Box and Muller.
    fileprivate mutating func normal() -> Double {
        (-2 * log(uniform())).squareRoot() * cos(2 * Double.pi * uniform())
    }
}

extension [(value: Double, count: Double)] {
    /// The percentile of weighted values by linear interpolation between ranks.
    func percentile(_ percentile: Double) -> Double {
        let total = reduce(0) { $0 + $1.count }
        let rank = percentile / 100 * (total - 1)
        func value(at index: Double) -> Double {
            var seen = 0.0
            for element in self {
                seen += element.count
                if index < seen { return element.value }
            }
            return last?.value ?? 0
        }
        let low = value(at: rank.rounded(.down))
        return low + (rank - rank.rounded(.down)) * (value(at: rank.rounded(.down) + 1) - low)
    }
}
