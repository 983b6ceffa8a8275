import Timepiece

/// How long to wait after failures: "full jitter", a random part of a time that doubles.
///
/// Source: "Exponential backoff and jitter" of the AWS Architecture Blog. Devices that failed together try again at
/// different times.
package struct Backoff: Sendable {
    /// The longest first pause.
    static let first: Duration = .milliseconds(500)
    /// The longest pause.
    static let longest: Duration = .seconds(60)
    /// The longest pause that a service can request.
    static let longestAsked: Duration = .seconds(300)

    /// Returns the pause after a number of failures in a row, at least one: a random share of the doubled time, or the
    /// pause that the service requested if that is longer.
    package static func pause(after failures: Int, asked: Duration?, random: Double) -> Duration {
        let doublings = max(0, min(failures - 1, 10))
        let bound = min(longest, first * (1 << doublings))
        let drawn = Duration.nanoseconds(Int64(Double(bound.nanoseconds) * max(0, min(random, 1))))
        return max(drawn, min(asked ?? .zero, longestAsked))
    }
}
