import Timepiece

/// The contexts of a pipeline: their nesting, and the measurements of each that a watch has not reported yet.
///
/// The cost of a report depends only on what is inside its watch. Contexts whose laps nest on one thread are drained
/// together, for all reports that are due by then.
struct WatchForest: Sendable {
    /// The window of a watch that is open.
    private struct Window {
        /// The drain after which it opened.
        var opened: UInt64
        /// The contexts of the watch, in the order in which they were first entered.
        var contexts: [WatchContext] = []
        /// The sum of the parents, or the watch's own if it has no parent.
        var whole: UInt64 = 0
        var hasParent = false
        /// The laps once more, for a publisher with windows of its own.
        var tap: Statistics?
        /// Everything since the first request, which is never removed.
        var total: TransitResult?
    }

    /// Contexts that are drained at one moment.
    private struct Source {
        /// In the order in which they were entered first: outer ones before those inside.
        var contexts: [WatchContext] = []
        var drainedAt: UInt64 = 0
        /// How many outermost laps had ended when it was drained: if that is unchanged, there is nothing to drain.
        var ended: UInt64 = 0
        /// Whether some of the contexts will not be entered again.
        var hasRetired = false
    }

    private struct Place: Hashable {
        let meter: ObjectIdentifier
        /// The context around it, 0 for none.
        let outer: UInt64
    }

    private var windows: [ObjectIdentifier: Window] = [:]
    private var logs: [UInt64: LapLog] = [:]
    private var sources: [ObjectIdentifier: Source] = [:]
    /// Those that may be entered again.
    private var places: [Place: WatchContext] = [:]
    /// By the parent.
    private var inner: [UInt64: [WatchContext]] = [:]
    /// Contexts without a parent on their thread's stack, by the path of the watch above.
    private var orphans: [String: [WatchContext]] = [:]
    private var paths: [String: [WatchContext]] = [:]
    /// The number of drains.
    private var drains: UInt64 = 0

    var numContexts: Int { logs.count }

    /// Opens the first window of a watch.
    mutating func open(_ meter: WatchMeter) {
        windows[ObjectIdentifier(meter)] = Window(opened: drains)
    }

    /// The context in which a watch is entered within another one, if it is known.
    func context(of meter: WatchMeter, within outer: WatchContext?) -> WatchContext? {
        places[Place(meter: ObjectIdentifier(meter), outer: outer?.identifier ?? 0)]
    }

    mutating func add(_ context: WatchContext) {
        logs[context.identifier] = LapLog()
        sources[context.sourceKey, default: Source()].contexts.append(context)
        places[Place(meter: ObjectIdentifier(context.meter), outer: context.outer?.identifier ?? 0)] = context
        windows[ObjectIdentifier(context.meter)]?.contexts.append(context)
        paths[context.path, default: []].append(context)
        if let parent = context.parent {
            inner[parent.identifier, default: []].append(context)
        } else if let path = context.meter.path.parent {
            orphans[path, default: []].append(context)
        }
    }

    /// Removes a watch, with all contexts inside it, as soon as others have reported the measurements there.
    mutating func remove(_ meter: WatchMeter, at now: UInt64) {
        guard let window = windows.removeValue(forKey: ObjectIdentifier(meter)) else { return }
        for key in Set(window.contexts.map(\.sourceKey)) {
            var below: Set<UInt64> = []
            for context in sources[key]?.contexts ?? [] {
                guard context.meter === meter || context.outer.map({ below.contains($0.identifier) }) ?? false
                else { continue }
                below.insert(context.identifier)
                // The contexts below this watch are never entered again that way.
                context.retire()
                places[Place(meter: ObjectIdentifier(context.meter), outer: context.outer?.identifier ?? 0)] = nil
            }
            sources[key]?.hasRetired = true
        }
        drain(sourceKeys(from: window.contexts), at: now)
    }

    /// Drains the contexts of a watch's report, unless that was done at an instant or later; returns when it was.
    mutating func drain(for meter: WatchMeter, notBefore due: UInt64, at now: UInt64) -> UInt64 {
        let own = windows[ObjectIdentifier(meter)]?.contexts ?? []
        let drainedAt = own.compactMap { sources[$0.sourceKey]?.drainedAt }.max() ?? now
        var keys = sourceKeys(from: own)
        for parent in own.flatMap(parents(of:)) { keys.insert(parent.sourceKey) }
        guard keys.contains(where: { (sources[$0]?.drainedAt ?? 0) < due }) else { return drainedAt }
        drain(keys, at: now)
        return now
    }

    /// The same for the watch alone.
    mutating func drainOwn(of meter: WatchMeter, notBefore due: UInt64, at now: UInt64) {
        let keys = Set((windows[ObjectIdentifier(meter)]?.contexts ?? []).map(\.sourceKey))
        drain(keys.filter { (sources[$0]?.drainedAt ?? 0) < due }, at: now)
    }

    /// Gathers the laps of a watch a second time from now on.
    mutating func tap(_ meter: WatchMeter) {
        windows[ObjectIdentifier(meter)]?.tap = Statistics()
    }

    /// Returns and removes the laps gathered a second time.
    mutating func takeTapped(_ meter: WatchMeter) -> Statistics {
        defer { tap(meter) }
        return windows[ObjectIdentifier(meter)]?.tap ?? Statistics()
    }

    /// Keeps all measurements of a watch from now on.
    mutating func keepTotal(of meter: WatchMeter) {
        drainOwn(of: meter, notBefore: .max, at: 0)
        let total = windows[ObjectIdentifier(meter)]?.total
        windows[ObjectIdentifier(meter)]?.total = total ?? TransitResult()
    }

    /// The kept measurements, up to now.
    mutating func total(of meter: WatchMeter) -> TransitResult {
        guard windows[ObjectIdentifier(meter)]?.total != nil else { return TransitResult() }
        drainOwn(of: meter, notBefore: .max, at: 0)
        return windows[ObjectIdentifier(meter)]?.total ?? TransitResult()
    }

    /// The laps drained since the window of a watch opened.
    func report(of meter: WatchMeter) -> WatchReport? {
        guard let window = windows[ObjectIdentifier(meter)] else { return nil }
        // With one context the full name is unambiguous; with several only the watch's own name is valid.
        let nested = Set(window.contexts.filter { $0.parent != nil }.map(\.path))
        let path = nested.count == 1 ? nested.first : nil
        let tree = tree(
            of: window.contexts, WatchTree(name: meter.path.name, label: meter.label), after: window.opened)
        let hasParent = window.hasParent || window.contexts.contains { !parents(of: $0).isEmpty }
        return WatchReport(
            tree: tree, path: path ?? meter.path.text, share: hasParent ? tree.share(of: window.whole) : 1)
    }

    /// Opens the next window of a watch.
    mutating func restart(_ meter: WatchMeter) {
        let key = ObjectIdentifier(meter)
        windows[key]?.opened = drains
        windows[key]?.whole = 0
        windows[key]?.hasParent = false
        // What the watches around it have reported, too, is not needed any more.
        for context in windows[key]?.contexts ?? [] {
            guard let log = logs[context.identifier], !log.isEmpty, log.isRead(by: windows(of: context)) else {
                continue
            }
            logs[context.identifier] = LapLog()
        }
    }

    /// The contexts and what is inside them, that of one name together, each context once.
    private func tree(of contexts: [WatchContext], _ empty: WatchTree, after drain: UInt64) -> WatchTree {
        var tree = empty
        var children = ChildTrees()
        for context in contexts {
            let measured = logs[context.identifier]?.measured(after: drain) ?? Measured()
            tree.add(measured.whole, label: context.meter.label)
            for part in measured.parts { children.add(part.result, label: part.name) }
        }
        for context in contexts {
            for child in self.children(of: context) { children.add(child) }
        }
        for (child, contexts) in children.all {
            let grown = self.tree(of: contexts, child, after: drain)
            // Ended contexts exist only for others that have not reported them yet.
            if grown.isEmpty, !contexts.isEmpty, contexts.allSatisfy(\.isOver) { continue }
            tree.add(child: grown)
        }
        return tree
    }

    /// The children of a tree under construction.
    private struct ChildTrees {
        private(set) var all: [(tree: WatchTree, contexts: [WatchContext])] = []
        private var indices: [String: Int] = [:]
        private var known: Set<UInt64> = []

        mutating func add(_ context: WatchContext) {
            guard known.insert(context.identifier).inserted else { return }
            all[index(of: context.meter.path.name)].contexts.append(context)
        }

        mutating func add(_ result: TransitResult, label: String) {
            // A dot in a path separates two names.
            all[index(of: String(label.map { $0 == "." ? "_" : $0 }))].tree.add(result, label: label)
        }

        private mutating func index(of name: String) -> Int {
            if let index = indices[name] { return index }
            indices[name] = all.count
            all.append((WatchTree(name: name, label: name), []))
            return all.count - 1
        }
    }

    private func children(of context: WatchContext) -> [WatchContext] {
        let inside = inner[context.identifier] ?? []
        guard let apart = orphans[context.path] else { return inside }
        return inside.isEmpty ? apart : (inside + apart).sorted { $0.identifier < $1.identifier }
    }

    /// The parent on the thread's stack, or else the watches that a dotted path names.
    ///
    /// A path is longer than its parent's, so the search upward always ends.
    private func parents(of context: WatchContext) -> [WatchContext] {
        if let parent = context.parent { return logs[parent.identifier] == nil ? [] : [parent] }
        return context.meter.path.parent.flatMap { paths[$0] } ?? []
    }

    /// The drain groups of the contexts and those inside them.
    private func sourceKeys(from contexts: [WatchContext]) -> Set<ObjectIdentifier> {
        var keys: Set<ObjectIdentifier> = []
        var known: Set<UInt64> = []
        var pending = contexts
        while let next = pending.popLast() {
            guard known.insert(next.identifier).inserted else { continue }
            keys.insert(next.sourceKey)
            pending += children(of: next)
        }
        return keys
    }

    /// The drains after which the windows of a context's measurements opened, ascending.
    private func windows(of context: WatchContext) -> [UInt64] {
        var opened: [UInt64] = []
        var known: Set<UInt64> = [context.identifier]
        var pending = [context]
        while let next = pending.popLast() {
            if let window = windows[ObjectIdentifier(next.meter)] { opened.append(window.opened) }
            for parent in parents(of: next) where known.insert(parent.identifier).inserted { pending.append(parent) }
        }
        return opened.sorted()
    }

    private mutating func drain(_ keys: Set<ObjectIdentifier>, at now: UInt64) {
        drains &+= 1
        for key in keys {
            guard let source = sources[key] else { continue }
            sources[key]?.drainedAt = max(source.drainedAt, now)
            // Determined before they are drained: a context that has ended by then gets no more laps.
            let over = source.hasRetired ? source.contexts.filter(\.isOver) : []
            switch source.contexts.first?.source {
            case .laps(_, let tree)?: drain(tree, of: key)
            case .transit(let stop)?:
                for context in source.contexts { note(Measured(draining: stop), of: context) }
            case nil: break
            }
            // The inner ones first, because a context is removed only when nothing is inside it any more.
            for context in over.reversed() { forget(context) }
        }
    }

    private mutating func drain(_ tree: LapTree, of key: ObjectIdentifier) {
        guard let source = sources[key], tree.ended != source.ended else { return }
        // Read before the flip: a lap that ends after this may be drained already, or not.
        let ended = tree.ended
        let flip = tree.flip()
        for context in source.contexts {
            guard case .laps(let series, _) = context.source else { continue }
            let measured = TransitResult(statistics: series.drain(flip))
            if !measured.isEmpty { note(Measured(whole: measured), of: context) }
        }
        if flip.filled != nil { sources[key]?.ended = ended }
    }

    /// Keeps the measurements of a context for all reports of it.
    private mutating func note(_ measured: Measured, of context: WatchContext) {
        // If no measurement waits, there is nothing to join.
        let windows = logs[context.identifier]?.isEmpty ?? true ? [] : windows(of: context)
        logs[context.identifier]?.append(measured, drain: drains, windows: windows)
        self.windows[ObjectIdentifier(context.meter)]?.tap?.merge(measured.whole.statistics)
        self.windows[ObjectIdentifier(context.meter)]?.total?.append(measured.whole)
        let sum = measured.whole.statistics.sumNanoseconds
        if parents(of: context).isEmpty {
            self.windows[ObjectIdentifier(context.meter)]?.whole.addSaturating(sum)
        }
        for child in children(of: context) {
            self.windows[ObjectIdentifier(child.meter)]?.whole.addSaturating(sum)
            self.windows[ObjectIdentifier(child.meter)]?.hasParent = true
        }
    }

    /// Keeps the series that logs of laps in progress refer to, while all contexts are removed.
    func leaveLapsToRoots() {
        for source in sources.values {
            for context in source.contexts { context.leaveLapsToRoot() }
        }
    }

    /// Removes an ended context, unless its measurements have not been reported yet.
    private mutating func forget(_ context: WatchContext) {
        guard inner[context.identifier] == nil, logs[context.identifier]?.isRead(by: windows(of: context)) ?? true
        else { return }
        if context.root?.isRetired ?? false { context.leaveLapsToRoot() }
        logs[context.identifier] = nil
        sources[context.sourceKey]?.contexts.removeAll { $0 === context }
        if sources[context.sourceKey]?.contexts.isEmpty ?? false { sources[context.sourceKey] = nil }
        windows[ObjectIdentifier(context.meter)]?.contexts.removeAll { $0 === context }
        paths.remove(context, at: context.path)
        if let parent = context.parent {
            inner.remove(context, at: parent.identifier)
        } else if let path = context.meter.path.parent {
            orphans.remove(context, at: path)
        }
    }
}

extension [String: [WatchContext]] {
    fileprivate mutating func remove(_ context: WatchContext, at key: Key) {
        self[key]?.removeAll { $0 === context }
        if self[key]?.isEmpty ?? false { self[key] = nil }
    }
}

extension [UInt64: [WatchContext]] {
    fileprivate mutating func remove(_ context: WatchContext, at key: Key) {
        self[key]?.removeAll { $0 === context }
        if self[key]?.isEmpty ?? false { self[key] = nil }
    }
}

extension Measured {
    /// Returns and removes the measurements of a stop.
    init(draining stop: TransitStop) {
        var parts: [(name: String, result: TransitResult)] = []
        for (origin, statistics) in stop.drain() {
            let result = TransitResult(
                statistics: statistics,
                losses: TransitLosses(unmatched: origin.takeLost(), merged: origin.takeMerged()),
                underWay: origin.underWay)
            whole.statistics.merge(statistics)
            whole.losses.add(result.losses)
            whole.underWay.add(result.underWay)
            parts.append((origin.name, result))
        }
        whole.losses.add(TransitLosses(unmatched: stop.takeUnmatched()))
        if parts.count > 1 { self.parts = parts }
    }
}
