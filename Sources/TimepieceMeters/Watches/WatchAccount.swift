import Timepiece

/// What has been gathered for the open window of one watch: its tree, and what it is a share of.
struct WatchAccount: Sendable {
    private(set) var tree: WatchTree
    /// The sum of the parents, or, where nothing is above the watch, its own.
    private var whole: UInt64 = 0
    private var hasParent = false

    init(name: String, label: String) {
        tree = WatchTree(name: name, label: label)
    }

    /// Adds what a watch below measured; with no names, the watch itself.
    mutating func add(_ result: TransitResult, to names: [String], label: String) {
        tree.add(result, to: names[...], label: label)
    }

    /// Forgets what was under way, before it is looked at again.
    mutating func forgetUnderWay() {
        tree.forgetUnderWay()
    }

    /// Adds what a parent measured; or, where there is none, the watch itself.
    mutating func add(whole statistics: Statistics, ofParent: Bool) {
        hasParent = hasParent || ofParent
        whole.addSaturating(statistics.sumNanoseconds)
    }

    var share: Double { hasParent ? tree.share(of: whole) : 1 }
}
