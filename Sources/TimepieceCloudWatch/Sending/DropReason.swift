/// Why data will never reach the service.
public enum DropReason: String, Sendable, CaseIterable {
    /// The service refused this very datum; the last error says what it said.
    case refused
    /// Older than the 14 days that CloudWatch takes.
    case tooOld = "too-old"
    /// The spool was full, and this was the oldest.
    case spoolFull = "spool-full"
    /// There is no spool, or it cannot be written, and memory held as much as it may.
    case memoryFull = "memory-full"
    /// Gathered in an earlier run of a machine whose clock was never set, so nobody knows when it was.
    case undatable
    /// Not sent when the element stopped, and there is no spool to keep it.
    case stopped
}
