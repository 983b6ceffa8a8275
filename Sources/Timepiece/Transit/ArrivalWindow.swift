/// Which of the last stamps of one start have come, and which of them have been counted: a window over their sequence.
///
/// The window is as long as duplicates are recognized and as buffers may overtake each other; what falls out of it
/// without having come is lost.
struct ArrivalWindow: Sendable {
    /// How many of the last sequence numbers are known one by one.
    static let span: UInt64 = 256

    /// The highest sequence number that has come, or that is not waited for.
    private(set) var highest: UInt64
    private var arrived = InlineArray<4, UInt64>(repeating: .max)
    private var counted = InlineArray<4, UInt64>(repeating: 0)

    /// Makes a window that waits for nothing up to a sequence number.
    init(after sequence: UInt64) {
        highest = sequence
    }

    /// Notes that a stamp came, and returns how many others are lost by now.
    @inline(__always)
    mutating func arrive(_ sequence: UInt64) -> UInt64 {
        var lost: UInt64 = 0
        if sequence > highest {
            lost = advance(to: sequence)
        } else if highest &- sequence >= Self.span {
            return 0
        }
        arrived[Self.word(sequence)] |= Self.bit(sequence)
        return lost
    }

    /// Says whether a stamp that came is counted for the first time; one from before the window is not.
    @inline(__always)
    mutating func count(_ sequence: UInt64) -> Bool {
        guard sequence <= highest, highest &- sequence < Self.span else { return false }
        let word = Self.word(sequence)
        guard counted[word] & Self.bit(sequence) == 0 else { return false }
        counted[word] |= Self.bit(sequence)
        return true
    }

    /// Waits no longer for anything up to a sequence number, and returns how many had not come.
    mutating func settle(upTo sequence: UInt64) -> UInt64 {
        var lost: UInt64 = 0
        if sequence > highest { lost.addSaturating(advance(to: sequence)) }
        lost.addSaturating(missing)
        for word in 0..<4 { arrived[word] = .max }
        return lost
    }

    private var missing: UInt64 {
        var missing = 0
        for word in 0..<4 { missing += (~arrived[word]).nonzeroBitCount }
        return UInt64(missing)
    }

    @inline(__always)
    private mutating func advance(to sequence: UInt64) -> UInt64 {
        guard sequence &- highest < Self.span else { return leap(to: sequence) }
        var lost: UInt64 = 0
        while highest < sequence {
            highest &+= 1
            let word = Self.word(highest)
            let bit = Self.bit(highest)
            if arrived[word] & bit == 0 { lost &+= 1 }
            arrived[word] &= ~bit
            counted[word] &= ~bit
        }
        return lost
    }

    /// Goes so far ahead that nothing of the window stays.
    @inline(never)
    private mutating func leap(to sequence: UInt64) -> UInt64 {
        var lost = missing
        lost.addSaturating(sequence &- highest &- Self.span)
        for word in 0..<4 {
            arrived[word] = 0
            counted[word] = 0
        }
        highest = sequence
        return lost
    }

    /// Always below 4.
    @inline(__always)
    private static func word(_ sequence: UInt64) -> Int { Int(truncatingIfNeeded: sequence &>> 6) & 3 }

    @inline(__always)
    private static func bit(_ sequence: UInt64) -> UInt64 { 1 &<< (sequence & 63) }
}
