import TimepieceMessages

/// A watch over a whole recording, with those below it.
struct WatchTotal {
    let path: String
    var laps: UInt64 = 0
    var sum = Duration.zero
    var selfTime = Duration.zero
    var longest = Duration.zero
    var unmatched: UInt64 = 0
    /// Whether it is a part of another.
    var hasParent = false
    var children: [WatchTotal] = []

    /// Adds what a window told of the watch and all below it.
    mutating func add(_ message: WatchMessage) {
        laps += message.laps.count
        sum += message.laps.sum
        selfTime += message.selfTime
        longest = max(longest, message.laps.max)
        unmatched += message.unmatchedCount
        hasParent = hasParent || message.share < 1
        for child in message.children {
            let index = children.firstIndex { $0.path == child.watch } ?? children.endIndex
            if index == children.endIndex { children.append(WatchTotal(path: child.watch)) }
            children[index].add(child)
        }
    }

    /// The paths of all below.
    var pathsBelow: [String] { children.flatMap { [$0.path] + $0.pathsBelow } }

    /// The own name of a watch below another; nil for one that is below none.
    static func nameBelow(_ path: String) -> String? {
        path.lastIndex(of: ".").map { dot in String(path[dot...].dropFirst()) }
    }

    var json: JSONValue {
        .object([
            .init("path", .string(path)), .init("laps", .unsigned(laps)), .init("sum", .nanoseconds(sum)),
            .init("self", .nanoseconds(selfTime)), .init("longest", .nanoseconds(longest)),
            .init("unmatched", .unsigned(unmatched)), .init("children", .array(children.map(\.json))),
        ])
    }
}

extension JSONValue {
    static func nanoseconds(_ duration: Duration) -> JSONValue {
        .unsigned(UInt64(clamping: Int64(duration / .nanoseconds(1))))
    }
}
