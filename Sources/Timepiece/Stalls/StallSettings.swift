/// When a stream counts as standing still, or as a trickle.
public struct StallSettings: Sendable, Equatable {
    /// How long no tick may come; nil for as long as it likes.
    public var timeout: Duration?
    /// Whether the time before the first tick counts too.
    public var onStart: Bool
    /// How many events a second a window has to have; 0 for any number.
    public var minimumRate: Double

    /// Makes settings; without arguments nothing is ever a stall.
    public init(timeout: Duration? = nil, onStart: Bool = false, minimumRate: Double = 0) {
        self.timeout = timeout
        self.onStart = onStart
        self.minimumRate = minimumRate
    }
}
