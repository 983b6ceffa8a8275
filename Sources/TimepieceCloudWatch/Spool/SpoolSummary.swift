package import Timepiece

/// What lies in the spool for one destination.
package struct SpoolSummary: Sendable, Equatable {
    /// How many data there are.
    package var count: Int
    /// When the oldest of them was closed, by the machine's clock then.
    package var oldest: WallTime?

    package init(count: Int = 0, oldest: WallTime? = nil) {
        self.count = count
        self.oldest = oldest
    }
}
