import Glibc
import TimepieceMessages

/// How often intervals of which length came, from the recent intervals that the windows carry.
enum IntervalHistogram {
    /// Bars between the smallest and the largest, 16 to each doubling.
    static func bars(_ windows: [StreamSeries.Window]) -> [(from: Duration, count: Int)] {
        let step = 16.0
        var counts: [Int: Int] = [:]
        for window in windows {
            for interval in window.message.recentIntervals where interval > .zero {
                counts[Int(log2(interval / .nanoseconds(1)) * step), default: 0] += 1
            }
        }
        guard let first = counts.keys.min(), let last = counts.keys.max() else { return [] }
        return (first...last).map { (.nanoseconds(Int64(exp2(Double($0) / step))), counts[$0] ?? 0) }
    }
}
