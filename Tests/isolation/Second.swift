import Synchronization

/// Counts with features that need the runtime: classes, a dictionary, strings, a lock, casts.
private final class Counter: Sendable {
    let words = Mutex<[String: Int]>([:])

    func take(_ text: String) -> Int {
        words.withLock { words in
            for word in text.split(separator: " ") { words[String(word), default: 0] += 1 }
            return words["tick", default: 0]
        }
    }
}

// The name is that of the C header.
// swift-format-ignore
@c public func second_counts() -> Int32 {
    let counter: Any = Counter()
    return Int32((counter as? Counter)?.take("tick tock tick tock tick") ?? -1)
}
