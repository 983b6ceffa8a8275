/// What has a life in a stream, as timepiece.h says of `TimepieceMeter`.
protocol StreamMeter: ClockMember {
    /// The position of the last buffer, `UInt64.max` for none.
    var position: UInt64 { get }
    func forgetPosition()
    func publish(to publisher: Publisher)
    func interrupt()
    func release()
    func play(at now: UInt64) -> Bool
    func pause(at now: UInt64)
    func begin(at now: UInt64) -> Bool
    func flush(_ begins: Bool, at now: UInt64) -> Bool
    func end(at now: UInt64)
    func stop(at now: UInt64)
}
