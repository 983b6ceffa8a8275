import Synchronization
import Timepiece
import TimepieceCloudWatch
import TimepieceTelemetry

/// The export to one receiver, for all publishers of this process.
///
/// Counts stay, because the process adds up from its start, also while there is no publisher; the thread and the file
/// exist only while there is one.
final class OpenTelemetryExporter: Sendable {
    private static let all = Mutex<[DestinationKey: OpenTelemetryExporter]>([:])

    private struct State {
        var sender: Sender?
        /// The number of this exporter there.
        var number: UInt64 = 0
        var users = 0
    }

    let registry = TelemetryRegistry()
    private let destination: OpenTelemetryDestination
    private let lease: Duration
    private let state = Mutex(State())
    private let collection: Mutex<OpenTelemetryCollection>

    private init(_ destination: OpenTelemetryDestination, lease: Duration) {
        self.destination = destination
        self.lease = lease
        collection = Mutex(OpenTelemetryCollection(destination.temporality))
    }

    /// Returns the exporter of a destination, which is made if there is none.
    static func of(_ destination: OpenTelemetryDestination, lease: Duration) -> OpenTelemetryExporter {
        all.withLock { all in
            let exporter = all[destination.key] ?? OpenTelemetryExporter(destination, lease: lease)
            all[destination.key] = exporter
            return exporter
        }
    }

    /// Makes room for a publisher: returns the sender, which is started for the first one, and the number there.
    func open() -> (sender: Sender, number: UInt64) {
        state.withLock { state in
            state.users += 1
            if let sender = state.sender { return (sender, sender.open()) }
            let sender = SenderRegistry.shared.acquire(destination.key) { makeSender() }
            state.number = sender.open()
            state.sender = sender
            sender.atIntervalEnd(state.number, interval: destination.interval) { [weak self] in self?.collect() }
            sender.atExit(state.number) { [weak self] in self?.collect() }
            return (sender, sender.open())
        }
    }

    /// Ends a publisher; with the last one the measurements are sent or stored by the deadline.
    func close(_ sender: Sender, _ number: UInt64, within deadline: Duration) {
        let isLast = state.withLock { state in
            state.users -= 1
            guard state.users <= 0, state.sender === sender else { return false }
            state.users = 0
            sender.atIntervalEnd(state.number, interval: destination.interval, nil)
            sender.atExit(state.number, nil)
            state.sender = nil
            return true
        }
        if isLast { publish(to: sender) }
        sender.close(number, within: deadline, isLast: isLast && SenderRegistry.shared.release(destination.key))
    }

    /// Starts to send the measurements so far, without waiting.
    func flush(within deadline: Duration) {
        let (sender, number) = state.withLock { ($0.sender, $0.number) }
        sender?.endIntervalSoon(number, within: deadline)
    }

    private func collect() {
        if let sender = state.withLock({ $0.sender }) { publish(to: sender) }
    }

    private func publish(to sender: Sender) {
        let moment = Moment.now()
        let now = MonotonicInstant.now().nanoseconds
        // Read with no lock held.
        let families = registry.snapshot(at: now)
        let items = collection.withLock { $0.take(families, at: now, wall: moment.wall) }
        let seconds = max(1, destination.interval.components.seconds)
        sender.publish(
            items.map { item in
                let series = MetricIdentity(namespace: "timepiece", name: item.name, dimensions: [], interval: seconds)
                return Datum(item.point, of: series, samples: item.samples, at: moment)
            })
    }

    private func makeSender() -> Sender {
        let destination = destination
        let lease = lease
        let delivery = OpenTelemetryDelivery(
            destination, transport: CurlTransport(authorities: destination.authorities))
        var configuration = SenderConfiguration(
            boot: BootIdentity.current, hasSpool: destination.spool != nil,
            largestSize: { delivery.largestSize(of: $0) }, random: { Double.random(in: 0..<1) })
        configuration.phase = Double.random(in: 0.01..<0.1)
        configuration.requestTimeout = destination.timeout
        configuration.keepsOrder = true
        guard let path = destination.spool else {
            return Sender(configuration, delivery: delivery, openSpool: nil)
        }
        return Sender(configuration, delivery: delivery) { () throws(SpoolError) in
            try Spool(
                path: path, destination: destination.name, boot: BootIdentity.current, limit: destination.spoolLimit,
                lease: lease, busyTimeout: .milliseconds(500))
        }
    }
}
