import Foundation
import Logging
import Metrics
import Testing
import TimepieceCloudWatch
import TimepieceMetrics

@Suite("The backend of swift-metrics")
struct CloudWatchMetricsTests {
    /// A factory that writes Embedded Metric Format to a file, and what it logs.
    private struct Setup: ~Copyable {
        let folder = FileManager.default.temporaryDirectory.appending(path: "timepiece-\(UUID().uuidString)")
        let log = Log()
        let factory: CloudWatchMetricsFactory

        init(namespace: String = "Test/Metrics") throws {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            var settings = CloudWatchSettings(namespace: namespace)
            settings.emf = "file:" + folder.appending(path: "emf").path()
            settings.spool = "none"
            settings.dimensions = [(name: "Site", value: "north")]
            let log = log
            factory = CloudWatchMetricsFactory(settings, logger: Logger(label: "test") { _ in log })
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        /// The documents in the file, by the name of their metric.
        func documents() throws -> [String: [String: Any]] {
            let text = try String(contentsOf: folder.appending(path: "emf"), encoding: .utf8)
            return try text.split(separator: "\n").reduce(into: [:]) { result, line in
                let document = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                let head = try #require(document["_aws"] as? [String: Any])
                let directives = try #require(head["CloudWatchMetrics"] as? [[String: Any]])
                let metric = try #require((directives.first?["Metrics"] as? [[String: Any]])?.first)
                let name = try #require(metric["Name"] as? String)
                var values = try #require(document[name] as? [String: Any])
                values["Unit"] = metric["Unit"]
                values["Site"] = document["Site"]
                values["Room"] = document["Room"]
                result[name] = values
            }
        }
    }

    @Test func `publishes counters, meters, recorders and timers, each with its unit`() async throws {
        let setup = try Setup()
        let counter = Counter(label: "orders", dimensions: [("Room", "3")], factory: setup.factory)
        counter.increment()
        counter.increment(by: 4)
        let floating = FloatingPointCounter(label: "litres", factory: setup.factory)
        for _ in 0..<4 { floating.increment(by: 0.5) }
        let meter = Meter(label: "depth", factory: setup.factory)
        meter.set(7)
        meter.increment(by: 2.5)
        meter.decrement(by: 1)
        let recorder = Recorder(label: "length", factory: setup.factory)
        for number in 1...100 { recorder.record(number) }
        let timer = Timer(label: "payment", factory: setup.factory)
        timer.recordMilliseconds(12)
        timer.recordSeconds(2)
        await setup.factory.shutdown()
        let documents = try setup.documents()
        #expect(documents.count == 5)
        func figure(_ metric: String, _ name: String) -> Double? { documents[metric]?[name] as? Double }
        #expect(figure("orders", "Sum") == 5 && figure("orders", "Count") == 2)
        #expect(documents["orders"]?["Unit"] as? String == "Count")
        #expect(documents["orders"]?["Room"] as? String == "3")
        #expect(documents["orders"]?["Site"] as? String == "north")
        #expect(figure("litres", "Sum") == 2)
        #expect(figure("depth", "Min") == 7 && figure("depth", "Max") == 9.5 && figure("depth", "Count") == 3)
        #expect(documents["depth"]?["Unit"] as? String == "None")
        #expect(figure("length", "Sum") == 5_050)
        #expect((documents["length"]?["Values"] as? [Double])?.count ?? 0 > 50)
        #expect(figure("payment", "Sum") == 2.012 && figure("payment", "Max") == 2)
        #expect(documents["payment"]?["Unit"] as? String == "Seconds")
        #expect(setup.log.all.isEmpty)
    }

    @Test func `returns the same metric for the same label and dimensions`() async throws {
        let setup = try Setup()
        for _ in 0..<3 { Counter(label: "calls", factory: setup.factory).increment() }
        await setup.factory.shutdown()
        #expect(try setup.documents()["calls"]?["Sum"] as? Double == 3)
    }

    @Test func `leaves out values that cannot be represented, and reports it once`() async throws {
        let setup = try Setup()
        let meter = Meter(label: "balance", factory: setup.factory)
        for value in [-5.0, .nan, 1e12, 3] { meter.set(value) }
        await setup.factory.shutdown()
        #expect(try setup.documents()["balance"]?["Count"] as? Double == 1)
        #expect(setup.log.all == ["warning: balance was given -5.0, and takes 0 to 9.2e9; such values are left out."])
    }

    @Test func `reports a name that CloudWatch does not allow, and continues`() async throws {
        let setup = try Setup()
        Counter(label: "Größe", factory: setup.factory).increment()
        Counter(label: "size", factory: setup.factory).increment()
        await setup.factory.shutdown()
        #expect(try setup.documents().keys.sorted() == ["size"])
        #expect(setup.log.all.count == 1)
        #expect(setup.log.all.first?.hasPrefix("error: The metric Größe is not published: ") == true)
    }

    @Test func `loses no count of four concurrent tasks`() async throws {
        let setup = try Setup()
        let factory = setup.factory
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { for _ in 0..<1_000 { Counter(label: "hits", factory: factory).increment() } }
            }
        }
        await setup.factory.shutdown()
        #expect(try setup.documents()["hits"]?["Sum"] as? Double == 4_000)
    }

    @Test func `publishes a destroyed metric, and ends as a service when its task is cancelled`() async throws {
        let setup = try Setup()
        let counter = Counter(label: "gone", factory: setup.factory)
        counter.increment()
        counter.destroy()
        let factory = setup.factory
        let service = Task { await factory.run() }
        Counter(label: "there", factory: setup.factory).increment()
        service.cancel()
        await service.value
        while try setup.documents().count < 2 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(try setup.documents().keys.sorted() == ["gone", "there"])
    }
}
