import Timepiece

/// What has been gathered for the open window of one watch: a library stopwatch with the tree below it.
struct WatchAccount: Sendable {
    /// A watch below, or the watch itself, by the names from the watch down.
    private struct Detail: Sendable {
        var label: String
        var unmatched: UInt64 = 0
    }

    /// What the parents measured, for the share; it is in no report.
    private let above: StopWatch
    private let own: StopWatch
    private var hasParent = false
    private var details: [[String]: Detail] = [:]

    init(name: String, label: String) throws(TimepieceError) {
        above = try StopWatch("above")
        own = try above.child(name)
        details[[]] = Detail(label: label)
    }

    /// Adds what a watch below measured; with no names, the watch itself.
    mutating func add(_ statistics: Statistics, to names: [String], label: String, unmatched: UInt64) {
        var watch = own
        for name in names {
            guard let child = try? watch.child(name) else { return }
            watch = child
        }
        watch.merge(statistics)
        details[names, default: Detail(label: label)].unmatched.addSaturating(unmatched)
    }

    /// Adds what a parent measured.
    mutating func add(ofParent statistics: Statistics) {
        hasParent = true
        above.merge(statistics)
    }

    /// Adds what the watch measured where nothing is above it, which is all there is to have a share of.
    func add(ofNoParent statistics: Statistics) {
        above.merge(statistics)
    }

    /// The tree as it stands, its root under a given path.
    func tree(path: String) -> WatchTree {
        tree(own.snapshot, names: [], path: path)
    }

    private func tree(_ snapshot: StopWatchSnapshot, names: [String], path: String) -> WatchTree {
        let detail = details[names]
        return WatchTree(
            label: detail?.label ?? snapshot.name, path: path, snapshot: snapshot,
            share: names.isEmpty && !hasParent ? 1 : snapshot.share, unmatched: detail?.unmatched ?? 0,
            children: snapshot.children.map {
                tree($0, names: names + [$0.name], path: path + "." + $0.name)
            })
    }
}
