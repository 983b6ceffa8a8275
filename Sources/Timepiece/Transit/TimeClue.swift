/// How well the things that pass a stop can be recognized by one of their times, judged batch by batch.
///
/// A single time that is found may be a coincidence: where times are shifted or rounded on the way, some still meet. So
/// what is found is held back until a batch of eight is complete, and counts if nearly every one that passed was found,
/// or if what was found follows each other at the start without gaps.
struct TimeClue: Sendable {
    /// How many make a batch.
    static let batch = 8
    /// A shorter batch, at the end of a stream, says something from here on.
    static let fewest = 3

    enum Verdict: Sendable {
        case reliable
        case coincidence
        /// There was too little to tell.
        case open
    }

    struct Find: Sendable {
        /// 0 if nothing was found.
        var sequence: UInt64 = 0
        var instant: UInt64 = 0
        var length: UInt64 = 0
    }

    /// The sequence number that was found last, where the next search begins.
    private(set) var last: UInt64 = 0
    /// What was found in this batch, by the place of what passed.
    private(set) var finds = InlineArray<8, Find>(repeating: Find())
    private var hits: UInt64 = 0
    /// How often the same was found as the time before: pieces of one thing, or times that tell nothing apart.
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

    /// What a batch of so many says about the times.
    func verdict(on number: Int) -> Verdict {
        let telling = UInt64(number) - Swift.min(repeats, UInt64(number))
        guard telling >= UInt64(Self.fewest) else { return .open }
        if hits >= telling - telling / UInt64(Self.batch) { return .reliable }
        // Everything that started is found, only there is more that passes.
        let isComplete = hits >= UInt64(Self.fewest) && last >= first && last &- first < hits
        if number == Self.batch { return isComplete ? .reliable : .coincidence }
        return .open
    }

    /// Whether two times of the same things say that they are different ones.
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
