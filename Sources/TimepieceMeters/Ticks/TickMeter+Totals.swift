package import Timepiece

/// The totals of a tick meter since it was made, which no window resets.
package struct TickTotals: Sendable {
    package let tally: Tally
    /// The intervals since ``TickMeter/keepTotals()``.
    package let intervals: Statistics
    package let stalls: StallTotals
    package let alarms: UInt64
    /// The frame rate of the caps, 0 if they have none.
    package let nominalRate: Double
    /// Nanoseconds since the last buffer, or since the start if none arrived yet; without the time spent paused.
    package let sinceLastBuffer: UInt64
}

extension TickMeter {
    /// Keeps the intervals for ``totals(at:)`` from now on.
    package func keepTotals() {
        tachometer.keepTotal()
    }

    /// Reads the totals, and takes nothing from the windows. Any thread; waits for a copy of the numbers at most.
    package func totals(at now: UInt64) -> TickTotals {
        let reading = tachometer.readTotal(at: MonotonicInstant(nanoseconds: now))
        return TickTotals(
            tally: reading.tally, intervals: reading.statistics, stalls: readStalls(at: now), alarms: alarms.fired,
            nominalRate: nominalRate, sinceLastBuffer: UInt64(clamping: reading.sinceLastTick.nanoseconds))
    }
}
