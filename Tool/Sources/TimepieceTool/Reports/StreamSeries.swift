import Glibc
import TimepieceMessages

/// The windows of one timepiecetick, in order, with their intervals.
struct StreamSeries {
    struct Window {
        let at: Duration
        let length: Duration
        let buffers: UInt64
        let bytes: UInt64
        let intervals: IntervalSummary
        let rate: Double
        let nominalRate: Double
        let bitrate: Double
        let sinceLastBuffer: Duration
        let totalBuffers: UInt64
        let discontinuities: UInt64
        /// The counts of newer elements; nil in older recordings.
        let gaps: UInt64?
        let headers: UInt64?
        let freezes: UInt64?
        let freezeDuration: Duration?
        let jumps: UInt64?
        /// Where its intervals are in ``StreamSeries/frames``.
        fileprivate(set) var frames: Range<Int>
    }

    let label: String
    var windows: [Window] = []
    /// Milliseconds, in the order of the buffers; four bytes each, since recordings are long.
    var frames: [Float] = []
    /// Whether its stream had ended after the last window, so that silence is expected.
    var hasEnded = false
    /// The last caps.
    var caps: String?

    init(label: String) {
        self.label = label
    }

    mutating func add(_ message: TickMessage, _ fields: MessageFields, at now: Duration) {
        hasEnded = false
        let start = frames.count
        for interval in message.recentIntervals { frames.append(Float(interval.milliseconds)) }
        windows.append(
            Window(
                at: now, length: message.duration, buffers: message.bufferCount, bytes: message.byteCount,
                intervals: message.intervals, rate: finite(message.averageRate),
                nominalRate: finite(message.nominalRate), bitrate: finite(message.bitrate),
                sinceLastBuffer: message.sinceLastBuffer, totalBuffers: message.totalBufferCount,
                discontinuities: message.discontinuityCount, gaps: fields.count("num-gaps"),
                headers: fields.count("num-headers"), freezes: fields.count("num-freezes"),
                freezeDuration: fields.count("freeze-duration").map { .nanoseconds(Int64(clamping: $0)) },
                jumps: fields.count("num-jumps"), frames: start..<frames.count))
    }

    /// Drops the oldest windows, and their intervals.
    mutating func forget(_ count: Int) {
        guard count > 0, count < windows.count else { return }
        let first = windows[count].frames.lowerBound
        windows.removeFirst(count)
        frames.removeFirst(first)
        for index in windows.indices {
            let range = windows[index].frames
            windows[index].frames = range.lowerBound - first..<range.upperBound - first
        }
    }

    /// Those that have intervals.
    var measured: [Window] { windows.filter { $0.intervals.count > 0 } }

    /// Without a short partial window at the end, whose rate and bitrate are not meaningful.
    var shown: ArraySlice<Window> {
        guard let last = windows.last, windows.count > 1,
            last.length * (last.intervals.count == 0 ? 2 : 4) < windows[0].length
        else { return windows[...] }
        return windows.dropLast()
    }

    var intervalCount: UInt64 { Self.count(windows[...]) }

    static func count(_ windows: ArraySlice<Window>) -> UInt64 {
        windows.reduce(0) { $0 +| $1.intervals.count }
    }

    /// Intervals by their time, so that a longer window counts for more.
    var rate: Double { Self.rate(windows[...]) }

    static func rate(_ windows: ArraySlice<Window>) -> Double {
        let time = windows.reduce(Duration.zero) { $0 + $1.intervals.sum }
        return time > .zero ? Double(count(windows)) / time.seconds : 0
    }

    var nominalRate: Double { windows.last { $0.nominalRate > 0 }?.nominalRate ?? 0 }

    /// The median over the windows: one bad second does not affect it, and is not hidden either: see ``longest``.
    func typical(_ statistic: (IntervalSummary) -> Duration) -> Duration {
        let sorted = measured.map { statistic($0.intervals) }.sorted()
        return sorted.isEmpty ? .zero : sorted[sorted.count / 2]
    }

    /// The longest interval, and when it ended, to the accuracy of its window where the intervals are not recorded.
    var longest: (length: Duration, at: Duration) {
        guard let window = windows.max(by: { $0.intervals.max < $1.intervals.max }) else { return (.zero, .zero) }
        let length = window.intervals.max
        var at = window.at
        eachFrame(of: window) { time, frame in
            if Double(frame) * 1.0001 >= length.milliseconds { at = .milliseconds(max(0, time)) }
        }
        return (length, at)
    }

    /// Calls for each recorded interval of a window with the milliseconds at which it ended, and its own.
    ///
    /// The last buffer arrived `since-last-buffer` before the report; the others arrived before it by their intervals.
    func eachFrame(of window: Window, _ take: (_ time: Double, _ milliseconds: Float) -> Void) {
        let sinceLast = window.sinceLastBuffer.isUnknown ? 0 : window.sinceLastBuffer.milliseconds
        var time = window.at.milliseconds - sinceLast
        for index in window.frames { time -= Double(frames[index]) }
        for index in window.frames {
            time += Double(frames[index])
            take(time, frames[index])
        }
    }

    /// The sum of a count over all windows; nil if the recording does not have it.
    func total(_ count: (Window) -> UInt64?) -> UInt64? {
        var sum: UInt64?
        for window in windows { if let count = count(window) { sum = (sum ?? 0) +| count } }
        return sum
    }
}

/// The number, or 0 if it is not one: texts of recordings may contain anything.
func finite(_ number: Double) -> Double {
    number.isFinite ? number : 0
}

extension MessageFields {
    /// A count that not every version of the elements sends.
    func count(_ field: String) -> UInt64? {
        if case .unsigned(let count) = self[field] { count } else { nil }
    }
}
