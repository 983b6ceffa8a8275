/// Assigns places: the smallest free numbers, or nearly.
struct Places: Sendable {
    private var count = 0
    private var free: [Int] = []

    /// Whether no place is taken.
    var isEmpty: Bool { count == free.count }

    /// Takes a place; it is at most as large as the number of those that are taken has ever been.
    mutating func take() -> Int {
        if let place = free.popLast() { return place }
        count += 1
        return count - 1
    }

    mutating func giveBack(_ place: Int) {
        free.append(place)
    }
}
