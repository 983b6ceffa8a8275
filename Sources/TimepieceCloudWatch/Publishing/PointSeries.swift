import Synchronization
import Timepiece
import TimepieceTelemetry

/// The series that one publisher sends to CloudWatch in OpenTelemetry's protocol: its metric, and an element's own
/// metrics.
///
/// A point has the data since the previous one (delta temporality), like a datum of PutMetricData, so that both
/// protocols count the same. Dimensions are attributes, and the namespace is one, `Namespace`.
final class PointSeries: Sendable {
    private struct State {
        var statistics = Statistics()
        var began = WallTime.now()
        var others = OpenTelemetryCollection(.delta)
    }

    let sender: Sender
    let number: UInt64
    private let identity: MetricIdentity
    private let labels: [MetricLabel]
    private let since = MonotonicInstant.now().nanoseconds
    private let state = Mutex(State())
    private let source = Mutex<(any TelemetrySource)?>(nil)

    init(_ settings: CloudWatchSettings) {
        identity = settings.identity
        labels =
            [MetricLabel("Namespace", settings.namespace)]
            + identity.dimensions.map { MetricLabel($0.name, $0.value) }
        sender = SenderRegistry.shared.acquire(DestinationKey(settings, openTelemetry: true)) {
            Sender(settings, openTelemetry: true)
        }
        number = sender.open()
        sender.atIntervalEnd(number, interval: settings.interval) { [weak self] in self?.collect() }
    }

    /// Also sends an element's own metrics.
    func follow(_ source: (any TelemetrySource)?) {
        self.source.withLock { $0 = source }
    }

    /// Takes a closed window.
    func add(_ window: Statistics) {
        state.withLock { $0.statistics.merge(window) }
    }

    /// Passes the gathered data to the sender.
    func collect() {
        let now = MonotonicInstant.now().nanoseconds
        let moment = Moment.now()
        let measured = source.withLock { $0 }?.collect(at: now) ?? []
        // The element's own distribution is the metric itself.
        let families = measured.filter { !$0.labels.isEmpty || ![.interval, .watch].contains($0.metric) }.map {
            MetricFamily(
                metric: $0.metric,
                points: [MetricFamily.Point(labels: labels + $0.labels, since: since, value: $0.value)])
        }
        let data = state.withLock { state in
            var items = state.others.take(families, at: now, wall: moment.wall).map {
                Datum($0.point, of: series($0.name), samples: $0.samples, at: moment)
            }
            guard state.statistics.count > 0 else { return items }
            let part = DistributionPart(state.statistics)
            let point = OpenTelemetryPoint(
                name: identity.name, help: "", unit: identity.unit.symbol, labels, part, temporality: .delta,
                began: state.began)
            items.append(Datum(point, of: series(identity.name), samples: part.count, at: moment))
            state.statistics = Statistics()
            state.began = moment.wall
            return items
        }
        sender.publish(data)
    }

    private func series(_ name: String) -> MetricIdentity {
        MetricIdentity(namespace: identity.namespace, name: name, dimensions: [], interval: identity.interval)
    }
}

extension CloudWatchUnit {
    /// The unit in UCUM, as in OpenTelemetry.
    fileprivate var symbol: String {
        switch self {
        case .seconds: "s"
        case .bytes: "By"
        case .bytesPerSecond: "By/s"
        case .bitsPerSecond: "bit/s"
        case .percent: "%"
        case .countPerSecond: "1/s"
        default: "1"
        }
    }
}
