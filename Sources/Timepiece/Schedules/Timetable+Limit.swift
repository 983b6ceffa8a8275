extension Timetable {
    /// Checks the number of firings after which a repeating schedule is to end.
    static func limit(_ count: Int?) throws(TimepieceError) -> UInt64? {
        guard let count else { return nil }
        guard count >= 1 else { throw .count(count) }
        return UInt64(count)
    }
}
