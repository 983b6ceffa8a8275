extension Duration {
    /// The whole nanoseconds of this duration, limited to what an `Int64` holds (292 years either way).
    ///
    /// Finer parts are cut off towards zero. Never traps.
    @inlinable
    public var nanoseconds: Int64 {
        // A duration can be longer than the whole seconds that its components can say.
        guard self < .nanoseconds(Int64.max) else { return .max }
        guard self > .nanoseconds(Int64.min) else { return .min }
        let (seconds, attoseconds) = components
        return seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000
    }

    /// The duration in seconds, for printing and for services that count in seconds.
    @inlinable
    public var inSeconds: Double { self / .seconds(1) }

    /// Makes a duration of a count of nanoseconds that is held unsigned, limited to what an `Int64` holds.
    package init(clampingNanoseconds value: UInt64) {
        self = .nanoseconds(Int64(clamping: value))
    }
}
