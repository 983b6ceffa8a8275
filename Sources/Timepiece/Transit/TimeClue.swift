/// How reliably buffers that pass a stop can be recognized by one of their times, judged batch by batch.
///
/// A single time that is found may be a coincidence: if times are shifted or rounded on the path, some still match. So
/// matches are held back until a batch of eight is complete, and count if nearly all buffers that passed were found, or
/// if the matches are consecutive at the start.
struct TimeClue: Sendable {
    /// The size of a batch.
    static let batch = 8
    /// The least size of a shorter batch, at the end of a stream, that is conclusive.
    static let fewest = 3

    enum Verdict: Sendable {
        case reliable
        case coincidence
        /// There was not enough data to decide.
        case open
    }

    /// The match by which a buffer is recognized.
    enum Kind: Sendable {
        case presentation
        case running
        case shifted
    }

    struct Find: Sendable {
        /// 0 if nothing was found.
        var sequence: UInt64 = 0
        var instant: UInt64 = 0
        var length: UInt64 = 0
        /// How much later its time is than the one that was searched for, in wrapping arithmetic.
        var later: UInt64 = 0
    }

    /// The sequence number found last, where the next search begins.
    private(set) var last: UInt64 = 0
    /// The matches in this batch, by the position of the buffer that passed.
    private(set) var finds = InlineArray<8, Find>(repeating: Find())
    private var hits: UInt64 = 0
    /// How often the same start was found as the previous time: parts of one buffer, or times that are not distinct.
    private var repeats: UInt64 = 0
    private var first: UInt64 = 0

    mutating func note(_ find: Find, at place: Int) {
        finds[place & 7] = find
        guard find.sequence != 0 else { return }
        guard find.sequence != last else {
            repeats &+= 1
            return
        }
        if hits == 0 { first = find.sequence }
        hits &+= 1
        last = find.sequence
    }

    /// The result of a batch of the given size about the times.
    func verdict(on number: Int) -> Verdict {
        let telling = UInt64(number) - Swift.min(repeats, UInt64(number))
        guard telling >= UInt64(Self.fewest) else { return .open }
        if hits >= telling - telling / UInt64(Self.batch) { return .reliable }
        // Everything that started is found, but more passes than started.
        let isComplete = hits >= UInt64(Self.fewest) && last >= first && last &- first < hits
        if number == Self.batch { return isComplete ? .reliable : .coincidence }
        return .open
    }

    /// Whether two times of the same buffers point to different ones.
    static func contradict(_ one: TimeClue, _ other: TimeClue) -> Bool {
        for place in 0..<batch {
            let (left, right) = (one.finds[place].sequence, other.finds[place].sequence)
            if left != 0, right != 0, left != right { return true }
        }
        return false
    }

    /// Begins the next batch.
    mutating func restart() {
        finds = InlineArray(repeating: Find())
        hits = 0
        repeats = 0
    }
}

/// The media times of a buffer, in nanoseconds.
package struct MediaTimes: Sendable, Equatable {
    /// No such time.
    package static let none = UInt64.max

    /// The kind of time by which a buffer is recognized.
    enum Key: Sendable {
        case presentation
        case running
    }

    /// The presentation time of the buffer.
    package var presentation: UInt64
    /// The same as running time of the pipeline, which elements in between preserve even if they change the time
    /// stamps.
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
