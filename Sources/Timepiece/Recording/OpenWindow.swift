/// What has been gathered for the window that is still open, on the reading side.
struct OpenWindow: Sendable {
    var tally = Tally()
    var statistics = Statistics()
    /// The last intervals in nanoseconds, oldest first.
    var recent: [UInt64] = []
}
