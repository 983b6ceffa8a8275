import CTimepiece
import Timepiece

/// Calls the element's function with a window in the contract's terms.
@safe struct TickReporter: @unchecked Sendable {
    // Sendable: the element promises that its function may be called on any thread until the meter is stopped.
    let function: TimepieceTickFunc
    let context: UnsafeMutableRawPointer?

    init(function: TimepieceTickFunc, context: UnsafeMutableRawPointer?) {
        unsafe self.function = unsafe function
        unsafe self.context = unsafe context
    }

    func report(_ window: Window) {
        let recent = window.intervals.map { UInt64(clamping: $0.nanoseconds) }
        unsafe recent.withUnsafeBufferPointer { recent in
            var flat = unsafe TimepieceTickWindow()
            unsafe flat.duration = UInt64(clamping: window.duration.nanoseconds)
            unsafe flat.num_buffers = window.tally.events
            unsafe flat.num_bytes = window.tally.bytes
            unsafe flat.num_disconts = window.tally.discontinuities
            unsafe flat.num_backwards = window.tally.backwards
            unsafe flat.total_buffers = window.total.events
            unsafe flat.total_bytes = window.total.bytes
            unsafe flat.since_last_buffer = UInt64(clamping: window.sinceLastTick.nanoseconds)
            unsafe flat.last_position = window.lastPosition ?? .max
            unsafe flat.bitrate = window.bitrate
            unsafe flat.intervals = TimepieceStatistics(window.statistics)
            unsafe flat.recent = recent.baseAddress
            unsafe flat.num_recent = recent.count
            unsafe function(&flat, context)
        }
    }
}

extension TimepieceStatistics {
    init(_ statistics: Statistics) {
        func percentile(_ percentile: Double) -> UInt64 {
            UInt64(clamping: statistics.percentile(percentile).nanoseconds)
        }
        self.init(
            count: statistics.count,
            min: statistics.minNanoseconds,
            max: statistics.maxNanoseconds,
            mean: statistics.meanNanoseconds,
            sum: statistics.sumNanoseconds,
            stddev: statistics.standardDeviationNanoseconds,
            p50: percentile(50),
            p90: percentile(90),
            p99: percentile(99),
            rate: statistics.rate)
    }
}
