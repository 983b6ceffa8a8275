package import Timepiece
package import TimepieceCloudWatch
import TimepieceMeters

extension CloudWatchPublisher: Publisher {
    package var period: UInt64 { UInt64(clamping: handOverPeriod.nanoseconds) }

    package func publish(_ statistics: Statistics, at now: UInt64) {
        publish(statistics, closedAt: MonotonicInstant(nanoseconds: now))
    }

    package func flush() {
        flush(within: flushDeadline)
    }
}
