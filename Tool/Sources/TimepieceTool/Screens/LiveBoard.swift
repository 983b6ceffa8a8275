import TimepieceMessages

/// The state of a running pipeline for the live view.
struct LiveBoard {
    struct Tick {
        let label: String
        /// Where it is in the pipeline.
        let place: Int
        /// The last report of a whole window; nil before the first.
        var message: TickMessage?
        /// The age of the last buffer when the element was last queried.
        var sinceLastBuffer = Duration.zero
        /// When each window closed, and the rate in it; those of the last minute.
        var rates: [(at: Duration, rate: Double)] = []
        var totals = StreamTotals()
        /// The last intervals, in milliseconds.
        var frames: [Double] = []
        /// Whether its stream has ended, so that silence is expected.
        var hasEnded = false

        /// How long no buffer has arrived; nil while that is not significant: up to half a second, and to ten buffers.
        func silence(at now: Duration) -> Duration? {
            guard !hasEnded else { return nil }
            guard let message else { return now >= .seconds(2) ? now : nil }
            // By the element's last value, which is queried several times a second.
            let silence = sinceLastBuffer
            let rate = message.nominalRate > 0 ? message.nominalRate : totals.rate
            let usual = rate > 0 ? Duration.seconds(10 / rate) : .zero
            return silence >= max(.milliseconds(500), usual) ? silence : nil
        }
    }

    /// The stalls of a label, which may come before its first report.
    struct Stalls {
        /// When the last buffer before the stall arrived; nil if the stream runs.
        var since: Duration?
        var count = 0
        var reason = ""
    }

    struct Watch {
        var message: WatchMessage
        var depth: Int
        /// How many are in flight, and the age of the oldest, if the element counts them.
        var inFlight: UInt64?
        var oldest: Duration?
    }

    struct Notice {
        enum Kind { case alarm, stall, resume, problem }
        var at: Duration
        let kind: Kind
        let label: String
        var text: String
    }

    private(set) var ticks: [String: Tick] = [:]
    private(set) var stalls: [String: Stalls] = [:]
    private(set) var watches: [String: Watch] = [:]
    /// The full names in the order of the tree.
    private(set) var watchOrder: [String] = []
    /// The full names of those that measure from one point to another.
    private var betweenPoints: Set<String> = []
    private(set) var notices: [Notice] = []
    /// The tracer's last report, by pipeline.
    private(set) var pipelines: [String: PipelineMessage] = [:]
    private(set) var failure: String?

    /// Buffers that elements dropped so far, by their quality-of-service messages.
    private(set) var drops: [String: UInt64] = [:]
    /// Elements that wait instead of working when their watch is long: the names of queues, and of sinks that wait for
    /// the clock.
    private let waiting: Set<String>
    private let places: [String: Int]

    /// - Parameters:
    ///   - streams: the labels of the ticks that exist from the start.
    ///   - order: the labels in the order of the pipeline.
    ///   - waiting: names of elements that wait rather than work.
    init(streams: [String] = [], order: [String] = [], waiting: Set<String> = []) {
        self.waiting = waiting
        var places: [String: Int] = [:]
        for (index, label) in order.enumerated() where places[label] == nil { places[label] = index }
        self.places = places
        for label in streams { ticks[label] = Tick(label: label, place: places[label] ?? .max) }
    }

    /// The most intervals that the detail view draws.
    static let mostFrames = 1200
    /// Older ones are dropped.
    private static let noticeLimit = 200
    private static let minute = Duration.seconds(60)

    mutating func take(_ event: PipelineEvent, at now: Duration) {
        switch event {
        case .message(let fields):
            do {
                if let message = try TimepieceMessage(fields) { take(message, fields, at: now) }
            } catch {
                add(Notice(at: now, kind: .problem, label: fields.name, text: "\(error)"))
            }
        case .drops(let element, let count): drops[element] = count
        case .caps: break
        case .ended(let label): ticks[label]?.hasEnded = true
        case .look(let label, let sinceLast):
            ticks[label]?.sinceLastBuffer = sinceLast
        case .warning(let source, let text):
            add(Notice(at: now, kind: .problem, label: source, text: text))
        case .failure(let source, let text):
            failure = failure ?? "\(source): \(text)"
            add(Notice(at: now, kind: .problem, label: source, text: text))
        }
    }

    private mutating func take(_ message: TimepieceMessage, _ fields: MessageFields, at now: Duration) {
        switch message {
        case .tick(let tick):
            var entry = ticks[tick.label] ?? Tick(label: tick.label, place: places[tick.label] ?? .max)
            entry.hasEnded = false
            entry.sinceLastBuffer = tick.sinceLastBuffer.isUnknown ? .zero : tick.sinceLastBuffer
            // A partial window at the end is less significant than the whole one before.
            if tick.duration * 4 >= entry.message?.duration ?? .zero { entry.message = tick }
            entry.rates.removeAll { now - $0.at > Self.minute }
            entry.rates.append((now, tick.intervals.count > 0 ? tick.averageRate : 0))
            entry.totals.add(tick, fields, at: now)
            entry.frames += tick.recentIntervals.map(\.milliseconds)
            if entry.frames.count > Self.mostFrames { entry.frames.removeFirst(entry.frames.count - Self.mostFrames) }
            ticks[tick.label] = entry
        case .watch(let watch):
            place(watch, fields, depth: 0, parent: nil)
        case .alarm(let alarm):
            // One line for each alarm, however often it fires.
            let text = "\(alarm.alarm), the \(Self.ordinal(alarm.count))"
            notices.removeAll {
                $0.kind == .alarm && $0.label == alarm.label && $0.text.hasPrefix("\(alarm.alarm), the ")
            }
            add(Notice(at: now, kind: .alarm, label: alarm.label, text: text))
        case .stall(let stall):
            let isNew = stalls[stall.label]?.since == nil
            stalls[stall.label, default: Stalls()].since =
                now - (stall.sinceLastBuffer.isUnknown ? .zero : stall.sinceLastBuffer)
            stalls[stall.label]?.reason = stall.reason
            if isNew {
                stalls[stall.label]?.count += 1
                add(
                    Notice(
                        at: now, kind: .stall, label: stall.label,
                        text: RecordingSummary.sentence(stall.reason, stall.sinceLastBuffer)))
            }
        case .resume(let resume):
            stalls[resume.label]?.since = nil
            add(
                Notice(
                    at: now, kind: .resume, label: resume.label,
                    text: "resumed after \(Texts.duration(resume.stalledFor))"))
        case .cloudWatch(let status):
            add(
                Notice(
                    at: now, kind: .problem, label: status.label,
                    text: RecordingSummary.sentence("CloudWatch", status)))
        case .openTelemetry(let status):
            add(
                Notice(
                    at: now, kind: .problem, label: status.label, text: RecordingSummary.sentence("OTLP", status)))
        case .pipeline(let pipeline):
            // The end of a stream is less significant than the windows before.
            if let known = pipelines[pipeline.pipeline], pipeline.duration * 4 < known.duration { return }
            pipelines[pipeline.pipeline] = pipeline
        }
    }

    /// Each watch reports with all below it, so that a child may appear twice; its parent's report determines its
    /// place.
    private mutating func place(_ watch: WatchMessage, _ fields: MessageFields?, depth: Int, parent: String?) {
        if parent == nil, let known = watches[watch.watch], known.depth > 0 { return }
        if parent != nil, let known = watches[watch.watch], known.depth != depth {
            watchOrder.removeAll { $0 == watch.watch }
            watches[watch.watch] = nil
        }
        if watches[watch.watch] == nil {
            let index = parent.flatMap { watchOrder.firstIndex(of: $0) }.map { endOfTree($0) } ?? watchOrder.endIndex
            watchOrder.insert(watch.watch, at: index)
        }
        if watch.isBetweenPoints { betweenPoints.insert(watch.watch) }
        watches[watch.watch] = Watch(
            message: watch, depth: depth, inFlight: fields?.count("in-flight"),
            oldest: fields?.count("oldest-in-flight").map { .nanoseconds(Int64(clamping: $0)) })
        for child in watch.children { place(child, nil, depth: depth + 1, parent: watch.watch) }
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

    /// Whether a watch's own time is waiting: that of one in front of a queue, or of a sink that waits for the clock.
    func isWaiting(_ path: String) -> Bool {
        waiting.contains(WatchTotal.nameBelow(path) ?? path)
    }

    /// Whether a watch measures from one point to another, as any of its windows so far showed; no thread is busy with it.
    func isBetweenPoints(_ path: String) -> Bool {
        guard !betweenPoints.contains(path) else { return true }
        // A watch below it is one of several starts.
        return path.indices.contains { path[$0] == "." && betweenPoints.contains(String(path[..<$0])) }
    }

    /// Whether what a watch measures is the work of a thread.
    func isWorking(_ path: String) -> Bool { !isWaiting(path) && !isBetweenPoints(path) }

    /// The fraction of its window that a watch itself takes.
    static func load(_ message: WatchMessage) -> Double {
        message.duration > .zero ? message.selfTime / message.duration : 0
    }

    /// The thread that works most: the first of its nested watches, those that take the most, and the fraction of the
    /// time in which all of them work.
    var busiest: (root: String, names: [String], load: Double)? {
        var trees: [[Watch]] = []
        for watch in shownWatches {
            if watch.depth == 0 || trees.isEmpty { trees.append([]) }
            trees[trees.count - 1].append(watch)
        }
        let loads = trees.compactMap { tree -> (root: String, names: [String], load: Double)? in
            let working = tree.filter { isWorking($0.message.watch) }
            guard let root = tree.first else { return nil }
            let sorted = working.sorted { Self.load($0.message) > Self.load($1.message) }
            let most = sorted.first.map { Self.load($0.message) } ?? 0
            let names = sorted.filter { Self.load($0.message) >= most / 3 && most > 0 }.prefix(3).map {
                WatchTotal.nameBelow($0.message.watch) ?? $0.message.watch
            }
            return (root.message.watch, Array(names), working.reduce(0) { $0 + Self.load($1.message) })
        }
        return loads.max { $0.load < $1.load }.flatMap { $0.load > 0.05 ? $0 : nil }
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

    /// The rate in each of the given number of equal parts of the last minute; nil if no window closed.
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
