import CTimepiece
import Timepiece
import TimepieceMeters

/// Calls the element's functions with reports, in the contract's types.
@safe struct TickFunctions: TickReporter, @unchecked Sendable {
    // Sendable: the element promises that its functions may be called on any thread as long as their context exists.
    let events: TimepieceTickEvents
    private let owner: ContextOwner
    private var context: UnsafeMutableRawPointer? { unsafe owner.context }

    /// Takes ownership of the context.
    init(events: TimepieceTickEvents, context: UnsafeMutableRawPointer?) {
        self.events = events
        owner = unsafe ContextOwner(context, destroy: events.destroy)
    }

    var isReady: Bool { unsafe events.ready(context) }

    func report(_ window: Window) {
        unsafe Self.show(window, by: events.window, context)
    }

    func report(_ event: StallDetector.Event, lastPosition: UInt64) {
        unsafe TimepieceBridge.show(event, lastPosition: lastPosition, by: events.stall, context)
    }

    func isExpectedToPlay() -> Bool {
        unsafe events.is_on_its_way(context)
    }

    static func show(_ window: Window, by function: TimepieceTickShow, _ context: UnsafeMutableRawPointer?) {
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
            unsafe flat.num_gaps = window.tally.gaps
            unsafe flat.num_headers = window.tally.headers
            unsafe flat.num_freezes = window.tally.freezes
            unsafe flat.freeze_duration = window.tally.freezeNanoseconds
            unsafe flat.num_jumps = window.tally.jumps
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

/// Passes a stall, or its end, to the element's function in the contract's types.
func show(
    _ event: StallDetector.Event, lastPosition: UInt64, by function: TimepieceStallFunc,
    _ context: UnsafeMutableRawPointer?
) {
    let (resumed, reason, duration) =
        switch event {
        case .stalled(let reason, let duration): (false, reason, duration)
        case .resumed(let reason, let duration): (true, reason, duration)
        }
    unsafe reason.rawValue.withCString { text in
        var flat = unsafe TimepieceStall(
            resumed: resumed, reason: text, duration: UInt64(clamping: duration.nanoseconds),
            last_position: lastPosition)
        unsafe function(&flat, context)
    }
}
