package import Timepiece

extension SenderState {
    /// Why a datum cannot be sent because of its time.
    struct DateRefusal: Error {
        let reason: DropReason
    }

    /// Returns the time that a datum belongs to, by the present estimate.
    func date(_ datum: Datum, now: Moment) -> Result<WallTime, DateRefusal> {
        guard let time = wall(of: datum, now: now) else { return .failure(DateRefusal(reason: .undatable)) }
        // Only a clock that the service has confirmed is a reason to drop data; earlier data are judged by the service,
        // whose response has the time.
        guard clock.isConfirmed else { return .success(time) }
        let age = time.duration(to: clock.wall(at: now.boot, now: now))
        if age > configuration.largestAge { return .failure(DateRefusal(reason: .tooOld)) }
        if age < .zero - configuration.largestLead { return .failure(DateRefusal(reason: .undatable)) }
        return .success(time)
    }

    /// Returns the right time at boot if the service has sent it and data in the spool need it.
    ///
    /// It is written only if data wait, and if it differs from the time written before.
    package func epochToRemember(at now: Moment) -> WallTime? {
        guard clock.isConfirmed, status.spooled > 0 else { return nil }
        let epoch = clock.epoch(now: now)
        guard let known = rememberedEpoch else { return epoch }
        let change = known.duration(to: epoch)
        return change > .seconds(1) || change < .seconds(-1) ? epoch : nil
    }

    /// Notes that the right time at boot is stored.
    package mutating func remembered(_ epoch: WallTime) {
        rememberedEpoch = epoch
    }

    private func wall(of datum: Datum, now: Moment) -> WallTime? {
        if datum.boot == configuration.boot { return clock.wall(at: datum.instant, now: now) }
        if let epoch = epochs[datum.boot] { return epoch.advanced(by: .nanoseconds(datum.instant.nanoseconds)) }
        return datum.wall >= ClockEstimate.earliestPlausible ? datum.wall : nil
    }
}
