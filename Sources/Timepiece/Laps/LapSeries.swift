/// The laps of one stopwatch on the way from the thread that measures to the one that reads.
///
/// It belongs to one ``LapTree``, which says into which of the two slots laps go and which one may be emptied.
@safe package final class LapSeries: Sendable {
    // Touched by the writer and the reader of the tree only, and never by both: see LapTree.
    nonisolated(unsafe) let slots: UnsafeMutablePointer<Slot>

    /// Makes a series without laps: two histograms, about 48 KB.
    package init() {
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: 2 * MemoryLayout<Slot>.stride, alignment: Slot.alignment)
        unsafe slots = unsafe memory.bindMemory(to: Slot.self, capacity: 2)
        unsafe slots.initialize(to: Slot(maxIntervals: 0))
        unsafe (slots + 1).initialize(to: Slot(maxIntervals: 0))
    }

    deinit {
        unsafe slots.deinitialize(count: 2)
        unsafe UnsafeMutableRawPointer(slots).deallocate()
    }

    /// Takes out what was recorded before a turn; to be called once a turn, by the reader.
    package func drain(_ turn: LapTree.Turn) -> Statistics {
        var window = OpenWindow()
        unsafe slots[turn.filled].drain(into: &window)
        return window.statistics
    }
}
