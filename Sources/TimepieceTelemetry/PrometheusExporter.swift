import Synchronization
public import Timepiece

/// Shows tachometers, stopwatches and metrics of a program's own to Prometheus: on a page of the process, in a file for
/// the textfile collector, or as text for a server of your own.
///
/// ```swift
/// let exporter = try PrometheusExporter(port: 9180)
/// exporter.add(requests, labels: ["label": "requests"])
/// ```
///
/// Prometheus then reads `http://127.0.0.1:9180/metrics`. There is no work between two reads. The series have the names
/// of the elements' metrics: `timepiece_buffers_total` and `timepiece_interval_seconds` of a tachometer,
/// `timepiece_watch_seconds` of a stopwatch, whose label `watch` is its full name. A reader that requests protobuf gets
/// native histograms of schema 6, with buckets 1.1 % wide; others get classic ones.
///
/// - Threads: every call is safe from any thread. A read copies the numbers under the lock that closes windows.
/// - Cost: a tick or a lap has no additional cost.
public final class PrometheusExporter: Sendable {
    private let page: MetricsPage?
    private let registry: TelemetryRegistry
    private let sources = Mutex<[ObjectIdentifier: EndingSource]>([:])

    /// Makes an exporter without a page, for ``text``.
    public init() {
        page = nil
        registry = TelemetryRegistry()
    }

    /// Makes an exporter with a page, which it shares with all exporters and elements of the process at the same place.
    ///
    /// The page stays until the process ends. It needs libmicrohttpd, which is loaded here.
    ///
    /// - Parameters:
    ///   - port: from 1 to 65535.
    ///   - address: an IP address of this machine; the default is for programs on this machine only. There is no
    ///     encryption and no password.
    /// - Throws: ``PrometheusError`` if nothing can listen there, or libmicrohttpd is missing.
    public init(port: Int, address: String = "127.0.0.1") throws(PrometheusError) {
        guard port > 0, let number = UInt16(exactly: port) else {
            throw PrometheusError("The port for Prometheus is \(port); allowed is a number from 1 to 65535.")
        }
        let page = try MetricsPage.open(address: address, port: number)
        self.page = page
        registry = page.registry
    }

    deinit {
        let now = MonotonicInstant.now().nanoseconds
        for source in sources.withLock({ $0 }).values { end(source, at: now) }
    }

    /// Shows a tachometer; its earlier records do not count.
    ///
    /// - Parameters:
    ///   - tachometer: what to show; it is kept until it is removed.
    ///   - labels: the labels that distinguish it from others, with names of letters, digits and underscores; other
    ///     characters of a name become underscores. Tachometers with the same labels are added up.
    public func add(_ tachometer: Tachometer, labels: [String: String]) {
        add(TachometerSource(tachometer), for: tachometer, labels: labels)
    }

    /// Shows a stopwatch and those below it, each with its full name as the label `watch`.
    ///
    /// Do not reset them while they are shown: for Prometheus that is a new start of the count.
    ///
    /// - Parameters:
    ///   - stopWatch: what to show; it is kept until it is removed.
    ///   - labels: as of a tachometer.
    public func add(_ stopWatch: StopWatch, labels: [String: String]) {
        add(StopWatchSource(stopWatch), for: stopWatch, labels: labels)
    }

    /// Shows a counter of your own.
    ///
    /// - Parameters:
    ///   - counter: what to show; it is kept until it is removed.
    ///   - labels: as of a tachometer.
    /// - Throws: ``PrometheusError`` if a metric of another kind, or one of Timepiece's own, has its name.
    public func add(_ counter: TelemetryCounter, labels: [String: String]) throws(PrometheusError) {
        try addInstrument(counter, labels: labels)
    }

    /// Shows a gauge of your own.
    ///
    /// - Parameters:
    ///   - gauge: what to show; it is kept until it is removed.
    ///   - labels: as of a tachometer.
    /// - Throws: ``PrometheusError`` if a metric of another kind, or one of Timepiece's own, has its name.
    public func add(_ gauge: TelemetryGauge, labels: [String: String]) throws(PrometheusError) {
        try addInstrument(gauge, labels: labels)
    }

    /// Shows a distribution of your own.
    ///
    /// - Parameters:
    ///   - distribution: what to show; it is kept until it is removed.
    ///   - labels: as of a tachometer.
    /// - Throws: ``PrometheusError`` if a metric of another kind, or one of Timepiece's own, has its name.
    public func add(_ distribution: TelemetryDistribution, labels: [String: String]) throws(PrometheusError) {
        try addInstrument(distribution, labels: labels)
    }

    /// Removes a tachometer, a stopwatch or a metric of your own; its counts stay for an hour.
    ///
    /// - Parameter shown: the object that was added; nothing happens if it is not shown.
    public func remove(_ shown: AnyObject) {
        guard let source = sources.withLock({ $0.removeValue(forKey: ObjectIdentifier(shown)) }) else { return }
        end(source, at: MonotonicInstant.now().nanoseconds)
    }

    private func end(_ source: EndingSource, at now: UInt64) {
        source.end(at: now)
        registry.remove(source, at: now)
    }

    /// The present contents of the page, in Prometheus' text format 0.0.4.
    public var text: String {
        String(decoding: Exposition.render(registry, .text, at: MonotonicInstant.now().nanoseconds), as: UTF8.self)
    }

    private func addInstrument(
        _ instrument: any TelemetryInstrument, labels: [String: String]
    ) throws(PrometheusError) {
        guard registry.takes(instrument.metric) else {
            throw PrometheusError(
                "The metric \(instrument.metric.dottedName) cannot be shown: \(TelemetryRegistry.nameProblem)")
        }
        add(instrument, for: instrument, labels: labels)
    }

    private func add(_ source: any TelemetrySource, for object: AnyObject, labels: [String: String]) {
        let source = EndingSource(source)
        let isNew = sources.withLock { sources in
            guard sources[ObjectIdentifier(object)] == nil else { return false }
            sources[ObjectIdentifier(object)] = source
            return true
        }
        guard isNew else { return }
        let named = labels.sorted { $0.key < $1.key }.map { (Self.allowed($0.key), $0.value) }
        // Two names may have become equal.
        let unique = Dictionary(named) { first, _ in first }
        let shown = unique.sorted { $0.key < $1.key }.map { MetricLabel($0.key, $0.value) }
        registry.add(source, labels: shown, at: MonotonicInstant.now().nanoseconds)
    }

    /// A name that Prometheus accepts, and that is not used here.
    private static func allowed(_ name: String) -> String {
        let text = MetricName.replaced(name)
        let isFree = !text.hasPrefix("__") && text != "le" && text != "watch" && text.first?.isNumber == false
        return isFree ? text : "label_" + text
    }
}

/// A tachometer, which it keeps.
package final class TachometerSource: TelemetrySource {
    private let tachometer: Tachometer
    private let before: Tally

    package init(_ tachometer: Tachometer) {
        tachometer.keepTotal()
        self.tachometer = tachometer
        before = tachometer.readTotal(at: .now()).tally
    }

    package func collect(at now: UInt64) -> [Measurement] {
        let total = tachometer.readTotal(at: MonotonicInstant(nanoseconds: now))
        return [
            Measurement(.buffers, .count(total.tally.events - min(total.tally.events, before.events))),
            Measurement(.bytes, .count(total.tally.bytes - min(total.tally.bytes, before.bytes))),
            Measurement(.freezes, .count(total.tally.freezes - min(total.tally.freezes, before.freezes))),
            Measurement(.interval, .distribution(total.statistics)),
            Measurement(.lastBufferAge, .gauge(total.sinceLastTick.inSeconds)),
        ]
    }
}

/// A stopwatch and those below it, which it keeps.
package final class StopWatchSource: TelemetrySource {
    private let stopWatch: StopWatch

    package init(_ stopWatch: StopWatch) {
        self.stopWatch = stopWatch
    }

    package func collect(at now: UInt64) -> [Measurement] {
        Self.measured(stopWatch.snapshot)
    }

    private static func measured(_ snapshot: StopWatchSnapshot) -> [Measurement] {
        [Measurement(.watch, .distribution(snapshot.statistics), [MetricLabel("watch", snapshot.fullName)])]
            + snapshot.children.flatMap(measured)
    }
}
