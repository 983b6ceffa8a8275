import CTimepiece
import Timepiece
import TimepieceCloudWatch

/// Behind `TimepiecePublisher`: the library's publisher, and the element's function that is told of failures.
final class Publisher: Sendable {
    private let publisher: CloudWatchPublisher
    private let deadline: Duration
    /// How often figures are handed over: often enough to fall into the right interval.
    let period: UInt64

    init(_ settings: CloudWatchSettings, listener: StatusListener) throws(CloudWatchSettingsError) {
        publisher = try CloudWatchPublisher(settings)
        deadline = settings.flushDeadline
        period = min(1_000_000_000, UInt64(clamping: settings.interval.nanoseconds) / 2)
        publisher.onStatusChange { listener.tell($0) }
    }

    var note: String { publisher.costNote }
    var status: CloudWatchStatus { publisher.status }

    func publish(_ statistics: Statistics, at now: UInt64) {
        publisher.publish(statistics, closedAt: MonotonicInstant(nanoseconds: now))
    }

    /// Sends what there is at once, and waits for nothing.
    func flush() {
        publisher.flush(within: deadline)
    }

    /// Calls a function when the process ends without closing this.
    func onExit(_ handler: @escaping @Sendable () -> Void) {
        publisher.onExit(handler)
    }

    func close() {
        publisher.close(within: deadline)
    }
}
