/// Deadlines in order of time, each with the place of its schedule: a binary heap.
///
/// Reading the first is free; setting, moving and removing one costs log₂ n steps. Places are small numbers that its
/// owner assigns.
package struct DeadlineHeap: Sendable {
    private struct Entry {
        let deadline: UInt64
        let place: Int
    }

    private var entries: [Entry] = []
    /// For each place, where its entry is; -1 if it has none.
    private var positions: [Int] = []

    package init() {}

    package var isEmpty: Bool { entries.isEmpty }
    /// The earliest deadline; the end of time if there is none.
    package var next: UInt64 { entries.first?.deadline ?? .max }
    /// The place whose deadline is the earliest.
    package var nextPlace: Int? { entries.first?.place }
    /// All places that have a deadline, in no order.
    var places: [Int] { entries.map(\.place) }

    /// Whether a place has a deadline.
    package func has(_ place: Int) -> Bool { place < positions.count && positions[place] >= 0 }

    /// Sets the deadline of a place, or removes it with nil. A deadline at the end of time is never reached, and counts
    /// as none.
    package mutating func set(_ deadline: UInt64?, at place: Int) {
        while positions.count <= place { positions.append(-1) }
        let position = positions[place]
        switch (position, deadline == .max ? nil : deadline) {
        case (-1, nil):
            break
        case (-1, let deadline?):
            entries.append(Entry(deadline: deadline, place: place))
            positions[place] = entries.count - 1
            rise(from: entries.count - 1)
        case (_, let deadline?):
            entries[position] = Entry(deadline: deadline, place: place)
            rise(from: position)
            sink(from: positions[place])
        case (_, nil):
            positions[place] = -1
            let last = entries.removeLast()
            guard position < entries.count else { break }
            entries[position] = last
            positions[last.place] = position
            rise(from: position)
            sink(from: positions[last.place])
        }
    }

    private mutating func rise(from start: Int) {
        var position = start
        let entry = entries[start]
        while position > 0 {
            let parent = (position - 1) / 2
            guard entries[parent].deadline > entry.deadline else { break }
            put(entries[parent], at: position)
            position = parent
        }
        put(entry, at: position)
    }

    private mutating func sink(from start: Int) {
        var position = start
        let entry = entries[start]
        while true {
            var child = 2 * position + 1
            guard child < entries.count else { break }
            if child + 1 < entries.count, entries[child + 1].deadline < entries[child].deadline { child += 1 }
            guard entries[child].deadline < entry.deadline else { break }
            put(entries[child], at: position)
            position = child
        }
        put(entry, at: position)
    }

    private mutating func put(_ entry: Entry, at position: Int) {
        entries[position] = entry
        positions[entry.place] = position
    }
}
