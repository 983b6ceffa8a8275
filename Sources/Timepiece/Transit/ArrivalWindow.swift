import Synchronization

/// Which of the last stamps of one start are accounted for, and which are still expected: a window over their sequence.
///
/// A stamp below the highest is open until it has made a lap. A stamp that leaves the window or is given up while it is
/// open is merged if it arrived beside another one on a buffer, and lost otherwise. In a stream without losses and
/// reordering no stamp is ever open, and then a stamp costs two comparisons and a store.
///
/// - Writer: one thread at a time.
/// - Readers: any: ``highestStore``, ``openStore``, ``oldestStore``.
struct ArrivalWindow: ~Copyable, Sendable {
    /// How many of the last sequence numbers are known one by one.
    static var span: UInt64 { 256 }

    /// The outcome for stamps that are no longer expected.
    struct Departure: Equatable {
        var lost: UInt64 = 0
        var merged: UInt64 = 0
    }

    private var open = InlineArray<4, UInt64>(repeating: 0)
    /// The open ones that arrived beside another stamp that made the lap.
    private var arrived = InlineArray<4, UInt64>(repeating: 0)
    // For readers, which access only these: a function of the window would access all of it, concurrently with the
    // writer.
    let highestStore: Atomic<UInt64>
    let openStore = Atomic<UInt64>(0)
    let oldestStore = Atomic<UInt64>(0)

    /// Makes a window that expects no stamp up to a sequence number.
    init(after sequence: UInt64) {
        highestStore = Atomic(sequence)
    }

    /// The highest sequence number that has arrived, or that is not expected.
    var highest: UInt64 { highestStore.load(ordering: .relaxed) }
    /// How many below the highest are open.
    var openCount: UInt64 { openStore.load(ordering: .relaxed) }
    /// The lowest that is open, 0 if none is.
    var oldestOpen: UInt64 { oldestStore.load(ordering: .relaxed) }

    /// Accounts for a stamp that is the next in sequence with none open before it, as in nearly all cases; returns
    /// false otherwise.
    @inline(__always)
    mutating func takeNext(_ sequence: UInt64) -> Bool {
        guard sequence == highest &+ 1, openCount == 0 else { return false }
        highestStore.store(sequence, ordering: .relaxed)
        return true
    }

    /// Notes the arrival of a stamp, which leaves it open, and returns what left the window.
    mutating func arrive(_ sequence: UInt64) -> Departure {
        var departure = Departure()
        if sequence > highest {
            departure = advance(to: sequence)
        } else if highest &- sequence >= Self.span {
            return departure
        }
        arrived[Self.word(sequence)] |= Self.bit(sequence)
        publish(openCount)
        return departure
    }

    /// Whether a stamp is still expected, or arrived without making a lap.
    func isOpen(_ sequence: UInt64) -> Bool {
        sequence <= highest && highest &- sequence < Self.span && open[Self.word(sequence)] & Self.bit(sequence) != 0
    }

    /// Accounts for a stamp that arrived; false if it was accounted for before.
    mutating func resolve(_ sequence: UInt64) -> Bool {
        guard isOpen(sequence) else { return false }
        open[Self.word(sequence)] &= ~Self.bit(sequence)
        publish(openCount &- 1)
        return true
    }

    /// Gives up the lowest open stamp.
    mutating func giveUpOldest() -> Departure {
        var departure = Departure()
        let oldest = oldestOpen
        guard oldest != 0 else { return departure }
        depart(oldest, to: &departure)
        publish(openCount &- 1)
        return departure
    }

    /// Gives up all stamps up to a sequence number.
    mutating func settle(upTo sequence: UInt64) -> Departure {
        var departure = departAll()
        if sequence > highest {
            departure.lost.addSaturating(sequence &- highest)
            highestStore.store(sequence, ordering: .relaxed)
        }
        return departure
    }

    /// Begins again after a sequence number, and discards the expected stamps.
    mutating func restart(after sequence: UInt64) {
        _ = departAll()
        highestStore.store(sequence, ordering: .relaxed)
    }

    @inline(never)
    private mutating func advance(to sequence: UInt64) -> Departure {
        guard sequence &- highest < Self.span else { return leap(to: sequence) }
        var departure = Departure()
        var count = openCount
        var next = highest
        while next < sequence {
            next &+= 1
            if depart(next, to: &departure) { count &-= 1 }
            open[Self.word(next)] |= Self.bit(next)
            count &+= 1
        }
        highestStore.store(next, ordering: .relaxed)
        openStore.store(count, ordering: .relaxed)
        return departure
    }

    /// Moves ahead beyond the whole window.
    private mutating func leap(to sequence: UInt64) -> Departure {
        let skipped = sequence &- highest &- Self.span
        var departure = departAll()
        departure.lost.addSaturating(skipped)
        for word in 0..<4 { open[word] = .max }
        highestStore.store(sequence, ordering: .relaxed)
        openStore.store(Self.span, ordering: .relaxed)
        return departure
    }

    /// Closes the place of a sequence number; true if it was open.
    @discardableResult
    private mutating func depart(_ sequence: UInt64, to departure: inout Departure) -> Bool {
        let (word, bit) = (Self.word(sequence), Self.bit(sequence))
        let wasOpen = open[word] & bit != 0
        if wasOpen {
            if arrived[word] & bit != 0 { departure.merged &+= 1 } else { departure.lost &+= 1 }
        }
        open[word] &= ~bit
        arrived[word] &= ~bit
        return wasOpen
    }

    private mutating func departAll() -> Departure {
        var departure = Departure()
        for word in 0..<4 {
            departure.merged &+= UInt64((open[word] & arrived[word]).nonzeroBitCount)
            departure.lost &+= UInt64((open[word] & ~arrived[word]).nonzeroBitCount)
            open[word] = 0
            arrived[word] = 0
        }
        publish(0)
        return departure
    }

    /// Publishes to the readers how many are open, and which is the lowest.
    private func publish(_ count: UInt64) {
        openStore.store(count, ordering: .relaxed)
        oldestStore.store(count == 0 ? 0 : lowestOpen(), ordering: .relaxed)
    }

    private func lowestOpen() -> UInt64 {
        let last = highest
        var sequence = last >= Self.span ? last &- Self.span &+ 1 : 1
        while sequence <= last {
            // The rest of the word from here on.
            let rest = open[Self.word(sequence)] &>> (sequence & 63)
            if rest != 0 {
                let found = sequence &+ UInt64(rest.trailingZeroBitCount)
                return found <= last ? found : 0
            }
            sequence = (sequence | 63) &+ 1
        }
        return 0
    }

    /// Always below 4.
    @inline(__always)
    private static func word(_ sequence: UInt64) -> Int { Int(truncatingIfNeeded: sequence &>> 6) & 3 }

    @inline(__always)
    private static func bit(_ sequence: UInt64) -> UInt64 { 1 &<< (sequence & 63) }
}
