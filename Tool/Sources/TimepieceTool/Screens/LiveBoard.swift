import TimepieceMessages

/// What is known of a running pipeline, as the live view shows it.
struct LiveBoard {
    struct Tick {
        var message: TickMessage
        /// When each window closed, and the rate in it; those of the last minute.
        var rates: [(at: Duration, rate: Double)] = []
    }

    /// The stalls of a label, which may come before its first report.
    struct Stalls {
        /// When the last buffer before the stall came; nil if the stream runs.
        var since: Duration?
        var count = 0
    }

    struct Watch {
        var message: WatchMessage
        var depth: Int
    }

    struct Notice {
        enum Kind { case alarm, stall, resume, problem }
        let at: Duration
        let kind: Kind
        let label: String
        let text: String
    }

    private(set) var ticks: [String: Tick] = [:]
    private(set) var stalls: [String: Stalls] = [:]
    private(set) var watches: [String: Watch] = [:]
    /// The full names in the order of the tree.
    private(set) var watchOrder: [String] = []
    private(set) var notices: [Notice] = []
    private(set) var failure: String?

    /// Older ones are forgotten.
    private static let noticeLimit = 200
    private static let minute = Duration.seconds(60)

    mutating func take(_ event: PipelineEvent, at now: Duration) {
        switch event {
        case .message(let fields):
            do {
                if let message = try TimepieceMessage(fields) { take(message, at: now) }
            } catch {
                add(Notice(at: now, kind: .problem, label: fields.name, text: "\(error)"))
            }
        case .drops, .caps: break
        case .warning(let source, let text):
            add(Notice(at: now, kind: .problem, label: source, text: text))
        case .failure(let source, let text):
            failure = failure ?? "\(source): \(text)"
            add(Notice(at: now, kind: .problem, label: source, text: text))
        }
    }

    private mutating func take(_ message: TimepieceMessage, at now: Duration) {
        switch message {
        case .tick(let tick):
            var entry = ticks[tick.label] ?? Tick(message: tick)
            // What is left of a window at the end says less than the whole one before.
            if tick.duration * 4 >= entry.message.duration { entry.message = tick }
            entry.rates.removeAll { now - $0.at > Self.minute }
            entry.rates.append((now, tick.intervals.count > 0 ? tick.averageRate : 0))
            ticks[tick.label] = entry
        case .watch(let watch):
            place(watch, depth: 0, parent: nil)
        case .alarm(let alarm):
            add(
                Notice(
                    at: now, kind: .alarm, label: alarm.label, text: "\(alarm.alarm), the \(Self.ordinal(alarm.count))")
            )
        case .stall(let stall):
            let isNew = stalls[stall.label]?.since == nil
            stalls[stall.label, default: Stalls()].since = now - stall.sinceLastBuffer
            if isNew {
                stalls[stall.label]?.count += 1
                add(
                    Notice(
                        at: now, kind: .stall, label: stall.label,
                        text: "stands still for \(Texts.duration(stall.sinceLastBuffer))"))
            }
        case .resume(let resume):
            stalls[resume.label]?.since = nil
            add(
                Notice(
                    at: now, kind: .resume, label: resume.label,
                    text: "goes on after \(Texts.duration(resume.stalledFor))"))
        case .cloudWatch(let status):
            let text = "CloudWatch: \(status.sent) sent, \(status.spooled) spooled, \(status.dropped) dropped"
            add(
                Notice(
                    at: now, kind: .problem, label: status.label,
                    text: status.lastError.map { "\(text); \($0)" } ?? text))
        }
    }

    /// Each watch reports with all below it, so that a child may be told of twice; what a parent says places it.
    private mutating func place(_ watch: WatchMessage, depth: Int, parent: String?) {
        if parent == nil, let known = watches[watch.watch], known.depth > 0 { return }
        if parent != nil, let known = watches[watch.watch], known.depth != depth {
            watchOrder.removeAll { $0 == watch.watch }
            watches[watch.watch] = nil
        }
        if watches[watch.watch] == nil {
            let index = parent.flatMap { watchOrder.firstIndex(of: $0) }.map { endOfTree($0) } ?? watchOrder.endIndex
            watchOrder.insert(watch.watch, at: index)
        }
        watches[watch.watch] = Watch(message: watch, depth: depth)
        for child in watch.children { place(child, depth: depth + 1, parent: watch.watch) }
    }

    /// The watches in the order of the tree.
    ///
    /// One that is below several parents also reports by itself, as a part of what is shown below them already.
    var shownWatches: [Watch] {
        let below = Set(watches.keys.compactMap { WatchTotal.nameBelow($0) })
        return watchOrder.compactMap { watches[$0] }.filter {
            !($0.depth == 0 && $0.message.share < 1 && below.contains($0.message.watch))
        }
    }

    private func endOfTree(_ index: Int) -> Int {
        let depth = watches[watchOrder[index]]?.depth ?? 0
        var end = index + 1
        while end < watchOrder.count, watches[watchOrder[end]]?.depth ?? 0 > depth { end += 1 }
        return end
    }

    private mutating func add(_ notice: Notice) {
        notices.append(notice)
        if notices.count > Self.noticeLimit { notices.removeFirst() }
    }

    static func ordinal(_ number: UInt64) -> String {
        let suffix =
            switch (number % 100, number % 10) {
            case (11...13, _): "th"
            case (_, 1): "st"
            case (_, 2): "nd"
            case (_, 3): "rd"
            default: "th"
            }
        return "\(number)\(suffix)"
    }

    /// The rate in each of so many equal parts of the last minute; nil where no window closed.
    static func history(_ rates: [(at: Duration, rate: Double)], now: Duration, width: Int) -> [Double?] {
        guard width > 0 else { return [] }
        var sums = [(sum: Double, count: Int)](repeating: (0, 0), count: width)
        let step = minute / width
        for (at, rate) in rates {
            let age = Int((now - at) / step)
            guard (0..<width).contains(age) else { continue }
            sums[width - 1 - age].sum += rate
            sums[width - 1 - age].count += 1
        }
        return sums.map { $0.count > 0 ? $0.sum / Double($0.count) : nil }
    }
}
