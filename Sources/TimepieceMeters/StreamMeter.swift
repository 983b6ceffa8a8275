package import Timepiece

/// The common part of a tick and a watch: the states of a stream.
///
/// Instants are nanoseconds of CLOCK_MONOTONIC. A function that returns a `Bool` returns false if no thread could be
/// started for the reports.
package protocol StreamMeter: ClockMember {
    /// The position of the last buffer, `UInt64.max` for none.
    var position: UInt64 { get }
    func forgetPosition()
    func publish(to publisher: any Publisher)
    func interrupt()
    func release(at now: UInt64)
    func play(at now: UInt64) -> Bool
    func pause(at now: UInt64)
    func begin(at now: UInt64) -> Bool
    func flush(_ begins: Bool, at now: UInt64) -> Bool
    func end(at now: UInt64)
    func stop(at now: UInt64)
    /// Notes the frame rate of the caps, 0 if they have none.
    func setNominalRate(_ rate: Double)
}

/// A destination of the statistics that a meter gathers.
package protocol Publisher: AnyObject, Sendable {
    /// How often statistics have to be published, in nanoseconds: often enough to be in the right interval.
    var period: UInt64 { get }
    /// Takes the statistics since the last call. Waits for neither network nor disk.
    func publish(_ statistics: Statistics, at now: UInt64)
    /// Starts to send the data immediately, without waiting.
    func flush()
    /// Sets the function to call when the process ends before the publisher is closed.
    func onExit(_ handler: (@Sendable () -> Void)?)
}
