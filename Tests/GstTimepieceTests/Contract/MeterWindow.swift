import CTimepiece

/// A window as the contract reports it, copied.
struct MeterWindow: Sendable, Equatable {
    let duration: UInt64
    let buffers: UInt64
    let bytes: UInt64
    let disconts: UInt64
    let backwards: UInt64
    let totalBuffers: UInt64
    let totalBytes: UInt64
    let sinceLastBuffer: UInt64
    let lastPosition: UInt64
    let bitrate: Double
    let intervals: UInt64
    let min: UInt64
    let max: UInt64
    let mean: UInt64
    let sum: UInt64
    let rate: Double
    let recent: [UInt64]

    init(_ window: TimepieceTickWindow) {
        duration = unsafe window.duration
        buffers = unsafe window.num_buffers
        bytes = unsafe window.num_bytes
        disconts = unsafe window.num_disconts
        backwards = unsafe window.num_backwards
        totalBuffers = unsafe window.total_buffers
        totalBytes = unsafe window.total_bytes
        sinceLastBuffer = unsafe window.since_last_buffer
        lastPosition = unsafe window.last_position
        bitrate = unsafe window.bitrate
        intervals = unsafe window.intervals.count
        min = unsafe window.intervals.min
        max = unsafe window.intervals.max
        mean = unsafe window.intervals.mean
        sum = unsafe window.intervals.sum
        rate = unsafe window.intervals.rate
        recent = unsafe Array(UnsafeBufferPointer(start: window.recent, count: window.num_recent))
    }
}
