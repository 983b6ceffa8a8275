/// The laps of one stopwatch on the way from the thread that measures to the one that reads.
///
/// It belongs to one ``LapTree``, which says into which of the two slots laps go and which one may be emptied.
@safe package final class LapSeries: Sendable {
    let slots = SlotPair(maxIntervals: 0)

    /// Makes a series without laps: two histograms of 24 KB, of which what is used takes memory.
    package init() {}

    deinit {
        slots.free()
    }

    /// Takes out what was recorded before a turn; to be called once a turn, by the reader.
    package func drain(_ turn: LapTree.Turn) -> Statistics {
        var window = OpenWindow()
        slots.drain(turn.filled, into: &window)
        return window.statistics
    }
}
