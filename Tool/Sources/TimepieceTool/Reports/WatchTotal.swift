import TimepieceMessages

/// A watch over a whole recording, with those below it.
struct WatchTotal {
    let path: String
    var laps: UInt64 = 0
    var sum = Duration.zero
    var selfTime = Duration.zero
    /// The time of its windows, of which `selfTime` is a part.
    var length = Duration.zero
    var longest = Duration.zero
    var unmatched: UInt64 = 0
    /// Whether it is a part of another.
    var hasParent = false
    private(set) var children: [WatchTotal] = []
    private var places: [String: Int] = [:]

    init(path: String) {
        self.path = path
    }

    /// Adds a window of the watch and all below it.
    mutating func add(_ message: WatchMessage) {
        laps = laps +| message.laps.count
        sum += message.laps.sum
        selfTime += message.selfTime
        length += message.duration
        longest = max(longest, message.laps.max)
        unmatched = unmatched +| message.unmatchedCount
        hasParent = hasParent || message.share < 1
        for child in message.children {
            let index = places[child.watch] ?? children.endIndex
            if index == children.endIndex {
                children.append(WatchTotal(path: child.watch))
                places[child.watch] = index
            }
            children[index].add(child)
        }
    }

    /// The paths of all below.
    var pathsBelow: [String] { children.flatMap { [$0.path] + $0.pathsBelow } }

    /// The own name of a watch below another; nil for one without a parent.
    static func nameBelow(_ path: String) -> String? {
        path.lastIndex(of: ".").map { dot in String(path[dot...].dropFirst()) }
    }
}
