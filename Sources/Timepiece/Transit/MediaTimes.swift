/// The times that something carries in the terms of its medium, in nanoseconds.
package struct MediaTimes: Sendable, Equatable {
    /// No such time.
    package static let none = UInt64.max

    /// Which of the two something is recognized by.
    enum Key: Sendable {
        case presentation
        case running
    }

    /// When it is to be presented, as it says itself.
    package var presentation: UInt64
    /// The same on the clock of the whole pipeline, which elements between keep even where they renumber.
    package var running: UInt64

    package init(presentation: UInt64, running: UInt64) {
        self.presentation = presentation
        self.running = running
    }

    subscript(key: Key) -> UInt64 {
        switch key {
        case .presentation: presentation
        case .running: running
        }
    }
}
