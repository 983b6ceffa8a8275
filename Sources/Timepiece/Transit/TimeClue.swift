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
    private var first: UInt64 = 0

    mutating func note(_ find: Find, at place: Int) {
        finds[place & 7] = find
        guard find.sequence != 0 else { return }
        if hits == 0 { first = find.sequence }
        hits &+= 1
        last = find.sequence
    }

    /// Whether a batch of so many says that the times can be relied on.
    func convinces(of number: Int) -> Bool {
        guard number >= Self.fewest else { return false }
        if hits >= UInt64(number - number / Self.batch) { return true }
        guard number == Self.batch, hits >= UInt64(Self.fewest), last >= first else { return false }
        return last &- first < hits
    }

    /// Begins the next batch.
    mutating func restart() {
        finds = InlineArray(repeating: Find())
        hits = 0
    }
}
