import TimepieceMessages

/// The summary of a recording: series, watches, and incidents.
struct RecordingSummary {
    struct Incident {
        enum Kind: String { case alarm, stall, resume, error, warning, note }
        let at: Duration
        /// For a stall: until when it lasted, nil if that is not recorded.
        var until: Duration?
        let kind: Kind
        let label: String
        var text: String
    }

    var recording: Recording
    private(set) var streams: [StreamSeries] = []
    private(set) var watches: [WatchTotal] = []
    /// The reports of each watch, window by window.
    private(set) var watchSeries: [WatchSeries] = []
    private(set) var incidents: [Incident] = []
    /// The tracer's measurements, if there are any.
    private(set) var elements = TracedElements()
    /// Buffers that elements dropped, by their quality-of-service messages.
    private(set) var drops: [String: UInt64] = [:]
    /// Those and the buffers that queues dropped, by the tracer.
    var allDrops: [String: UInt64] {
        elements.queues.reduce(into: drops) { drops, queue in
            if queue.dropped > 0 { drops[queue.element] = (drops[queue.element] ?? 0) +| queue.dropped }
        }
    }
    /// Messages that lack a field, each once.
    private(set) var problems: [String] = []

    private var streamPlaces: [String: Int] = [:]
    private var watchPlaces: [String: Int] = [:]
    private var seriesPlaces: [String: Int] = [:]
    private var openStalls: [String: Int] = [:]
    private static let mostProblems = 20

    /// Reads a recording event by event; `progress` as ``RecordingReader/read(_:progress:_:)``.
    init(reading path: String, progress: (Int, Int) -> Void = { _, _ in }) throws(Failure) {
        self.init()
        recording = try RecordingReader.read(path, progress: progress) { take($0) }
        finish()
    }

    init(text: String, name: String) throws(Failure) {
        self.init()
        recording = try RecordingReader.read(text: text, name: name) { take($0) }
        finish()
    }

    /// An empty one, to be filled by ``take(_:)``.
    init(name: String = "", header: RecordingHeader = RecordingHeader(description: "", started: "")) {
        recording = Recording(name: name, header: header, duration: .zero, end: nil, damagedLines: 0)
    }

    /// Sorts the contents into the pipeline's order, and each watch into one place; the last step of reading.
    mutating func finish() {
        // A child of one watch that also reports separately would be shown twice.
        let below = Set(watches.flatMap(\.pathsBelow))
        // A watch below several parents uses only its own name in that case.
        let names = Set(below.compactMap { WatchTotal.nameBelow($0) })
        watches.removeAll { below.contains($0.path) || $0.hasParent && names.contains($0.path) }
        var ranks: [String: Int] = [:]
        for (index, label) in recording.header.order.enumerated() where ranks[label] == nil { ranks[label] = index }
        // A path is identified by its last name.
        func rank(_ label: String) -> Int { ranks[label] ?? WatchTotal.nameBelow(label).flatMap { ranks[$0] } ?? .max }
        streams = Self.sorted(streams) { rank($0.label) }
        watches = Self.sorted(watches) { rank($0.path) }
        watchSeries = Self.sorted(watchSeries) { rank($0.path) }
        incidents = Self.sorted(incidents) { $0.at }
        streamPlaces = [:]
        watchPlaces = [:]
        seriesPlaces = [:]
        openStalls = [:]
    }

    /// Sorted stably.
    private static func sorted<Element, Key: Comparable>(_ list: [Element], by key: (Element) -> Key) -> [Element] {
        let keys = list.map(key)
        return list.indices.sorted { keys[$0] == keys[$1] ? $0 < $1 : keys[$0] < keys[$1] }.map { list[$0] }
    }

    /// Sets the present length of a summary that is being filled, and its end, if it has ended.
    mutating func update(duration: Duration, end: EndReason?) {
        recording = Recording(
            name: recording.name, header: recording.header, duration: duration, end: end, damagedLines: 0,
            isLive: end == nil)
    }

    /// Bounds the memory of an endless run: beyond twice as many windows the oldest are dropped, and alarms first among
    /// incidents.
    mutating func forget(windows: Int, incidents most: Int) {
        for index in streams.indices where streams[index].windows.count > 2 * windows {
            streams[index].forget(streams[index].windows.count - windows)
        }
        for index in watchSeries.indices where watchSeries[index].windows.count > 2 * windows {
            watchSeries[index].windows.removeFirst(watchSeries[index].windows.count - windows)
        }
        elements.forget(windows: windows)
        guard incidents.count > 2 * most else { return }
        let open = Set(openStalls.values)
        let kept = incidents.indices.filter { open.contains($0) || $0 >= incidents.count - most }
        var places: [Int: Int] = [:]
        for (new, old) in kept.enumerated() { places[old] = new }
        incidents = kept.map { incidents[$0] }
        openStalls = openStalls.compactMapValues { places[$0] }
    }

    /// Ends one that was filled by ``take(_:)``.
    mutating func end(at now: Duration, _ reason: EndReason) {
        update(duration: now, end: reason)
        finish()
    }

    /// All qualifications of the results.
    var reservations: [String] { recording.reservations + problems }

    mutating func take(_ event: RecordedEvent) {
        switch event.content {
        case .warning(let source, let text):
            incidents.append(Incident(at: event.at, kind: .warning, label: source, text: text))
        case .failure(let source, let text):
            incidents.append(Incident(at: event.at, kind: .error, label: source, text: text))
        case .drops(let element, let count): drops[element] = max(drops[element] ?? 0, count)
        case .caps(let label, let caps): streams[place(label)].caps = caps
        case .ended(let label): streams[place(label)].hasEnded = true
        case .end: break
        case .message(let fields):
            if fields.name == "timepiece-pipeline" { elements.take(fields, at: event.at) }
            do {
                if let message = try TimepieceMessage(fields) { take(message, fields, at: event.at) }
            } catch {
                if problems.count < Self.mostProblems, !problems.contains(error.description) {
                    problems.append(error.description)
                }
            }
        }
    }

    private mutating func place(_ label: String) -> Int {
        if let place = streamPlaces[label] { return place }
        streams.append(StreamSeries(label: label))
        streamPlaces[label] = streams.count - 1
        return streams.count - 1
    }

    private mutating func take(_ message: TimepieceMessage, _ fields: MessageFields, at now: Duration) {
        switch message {
        case .tick(let tick): streams[place(tick.label)].add(tick, fields, at: now)
        case .watch(let watch):
            let index = watchPlaces[watch.watch] ?? watches.endIndex
            if index == watches.endIndex {
                watches.append(WatchTotal(path: watch.watch))
                watchPlaces[watch.watch] = index
            }
            watches[index].add(watch)
            let series = seriesPlaces[watch.watch] ?? watchSeries.endIndex
            if series == watchSeries.endIndex {
                watchSeries.append(WatchSeries(path: watch.watch))
                seriesPlaces[watch.watch] = series
            }
            watchSeries[series].add(watch, fields, at: now)
        case .alarm(let alarm):
            incidents.append(Incident(at: now, kind: .alarm, label: alarm.label, text: alarm.alarm))
        case .stall(let stall):
            let text = Self.sentence(stall.reason, stall.sinceLastBuffer)
            // It is repeated at each report while it lasts.
            if let index = openStalls[stall.label] {
                incidents[index].text = text
            } else {
                let start = stall.sinceLastBuffer.isUnknown ? now : max(.zero, now - stall.sinceLastBuffer)
                openStalls[stall.label] = incidents.count
                incidents.append(Incident(at: start, kind: .stall, label: stall.label, text: text))
            }
        case .resume(let resume):
            guard let index = openStalls.removeValue(forKey: resume.label) else { return }
            incidents[index].until = now
            incidents[index].text = "stalled for \(Texts.duration(resume.stalledFor))"
        case .cloudWatch(let status):
            incidents.append(
                Incident(at: now, kind: .note, label: status.label, text: Self.sentence("CloudWatch", status)))
        case .openTelemetry(let status):
            incidents.append(Incident(at: now, kind: .note, label: status.label, text: Self.sentence("OTLP", status)))
        case .pipeline: break
        }
    }

    /// The text of a message on publishing, with the destination of the metrics.
    static func sentence(_ way: String, _ status: CloudWatchMessage) -> String {
        "\(way): \(status.sent) sent, \(status.spooled) spooled, \(status.dropped) dropped"
            + (status.lastError.map { "; \($0)" } ?? "")
    }

    /// The text of a stall's message, by its reason.
    static func sentence(_ reason: String, _ length: Duration) -> String {
        switch reason {
        case "trickle": "comes slower than its min-rate"
        case "in-flight": "a buffer has been in flight for \(Texts.duration(length))"
        default: "stalled for \(Texts.duration(length))"
        }
    }
}
