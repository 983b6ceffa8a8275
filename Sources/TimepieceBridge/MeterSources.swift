import Timepiece
package import TimepieceMeters
package import TimepieceTelemetry

extension TickMeter: TelemetrySource {
    package func collect(at now: UInt64) -> [Measurement] {
        let totals = totals(at: now)
        var measured = [
            Measurement(.buffers, .count(totals.tally.events)),
            Measurement(.bytes, .count(totals.tally.bytes)),
            Measurement(.interval, .distribution(totals.intervals)),
            Measurement(.lastBufferAge, .gauge(Double(totals.sinceLastBuffer) / 1e9)),
            Measurement(.discontinuities, .count(totals.tally.discontinuities)),
            Measurement(.gaps, .count(totals.tally.gaps)),
            Measurement(.headers, .count(totals.tally.headers)),
            Measurement(.jumps, .count(totals.tally.jumps)),
            Measurement(.freezes, .count(totals.tally.freezes)),
            Measurement(.freezeTime, .nanoseconds(totals.tally.freezeNanoseconds)),
            Measurement(.alarms, .count(totals.alarms)),
        ]
        measured += totals.stalls.measurements
        if totals.nominalRate > 0 { measured.append(Measurement(.nominalRate, .gauge(totals.nominalRate))) }
        return measured
    }
}

extension WatchMeter: TelemetrySource {
    package func collect(at now: UInt64) -> [Measurement] {
        guard let totals = totals(at: now) else { return [] }
        guard isStop else { return [Measurement(.watch, .distribution(totals.laps))] }
        return [
            Measurement(.watch, .distribution(totals.laps)),
            Measurement(.unmatched, .count(totals.losses.unmatched)),
            Measurement(.merged, .count(totals.losses.merged)),
            Measurement(.inFlight, .gauge(Double(totals.underWay))),
            Measurement(.oldestInFlight, .gauge(Double(totals.oldest) / 1e9)),
        ] + totals.stalls.measurements
    }
}

extension StallTotals {
    fileprivate var measurements: [Measurement] {
        [
            Measurement(.stalled, .gauge(isStalled ? 1 : 0)),
            Measurement(.stalls, .count(count)),
            Measurement(.stalledTime, .nanoseconds(nanoseconds)),
        ]
    }
}
