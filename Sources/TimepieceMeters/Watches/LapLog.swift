import Timepiece

/// The measurements of one context in a period.
struct Measured: Sendable {
    var whole = TransitResult()
    /// For a stop with several starts, by the name of each.
    var parts: [(name: String, result: TransitResult)] = []

    var isEmpty: Bool { whole.isEmpty && parts.isEmpty }

    /// Adds later measurements.
    mutating func append(_ later: Measured) {
        whole.append(later.whole)
        for index in parts.indices { parts[index].result.underWay = TransitOrigin.UnderWay() }
        for part in later.parts {
            if let index = parts.firstIndex(where: { $0.name == part.name }) {
                parts[index].result.append(part.result)
            } else {
                parts.append(part)
            }
        }
    }
}

/// The measurements of a context that a watch has not reported yet, in as few pieces as the open windows allow.
struct LapLog: Sendable {
    private struct Piece {
        /// The drain of this piece.
        let drain: UInt64
        var measured: Measured
    }

    private var pieces: [Piece] = []

    /// The pieces of the drains after one.
    func measured(after drain: UInt64) -> Measured {
        var later = pieces.lazy.filter { $0.drain > drain }.map(\.measured).makeIterator()
        // A single piece is not copied.
        var result = later.next() ?? Measured()
        while let measured = later.next() { result.append(measured) }
        return result
    }

    /// Adds the piece of a drain.
    ///
    /// - Parameter windows: the drains after which its windows opened, ascending; not evaluated if this is empty.
    mutating func append(_ measured: Measured, drain: UInt64, windows: [UInt64]) {
        pieces.append(Piece(drain: drain, measured: measured))
        if pieces.count > 1 { join(for: windows) }
    }

    var isEmpty: Bool { pieces.isEmpty }

    /// Whether it has nothing for windows that opened after these drains, ascending.
    func isRead(by windows: [UInt64]) -> Bool {
        guard let last = pieces.last, let first = windows.first else { return true }
        return last.drain <= first
    }

    /// Drops pieces before all windows, and joins pieces between which none opened.
    private mutating func join(for windows: [UInt64]) {
        var joined: [Piece] = []
        var opened = 0
        for piece in pieces where piece.drain > windows.first ?? .max {
            let before = opened
            while opened < windows.count, windows[opened] < piece.drain { opened += 1 }
            if opened == before, let last = joined.indices.last {
                joined[last].measured.append(piece.measured)
            } else {
                joined.append(piece)
            }
        }
        pieces = joined
    }
}
