/// What has been gathered for the window that is still open, on the reading side.
struct OpenWindow: Sendable {
    var tally = Tally()
    var statistics = Statistics()
    /// The last intervals in nanoseconds, oldest first.
    var recent: [UInt64] = []

    /// Adds what came after.
    mutating func merge(_ later: OpenWindow, keeping limit: Int) {
        tally.add(later.tally)
        statistics.merge(later.statistics)
        recent.append(contentsOf: later.recent)
        recent.removeFirst(max(0, recent.count - limit))
    }
}
