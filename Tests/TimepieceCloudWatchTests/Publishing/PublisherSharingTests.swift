import Testing
import Timepiece
import TimepieceCloudWatch

@Suite("A publisher shared by threads")
struct PublisherSharingTests {
    @Test(arguments: 0..<20)
    func `sends all data that four threads publish while they flush, read and observe it`(run: Int) throws {
        let folder = TemporaryFolder()
        var settings = CloudWatchSettings(namespace: "Test/Shared")
        settings.emf = "file:" + folder.write("emf", "")
        settings.spool = "none"
        let publisher = try CloudWatchPublisher(settings)
        let workers = try (0..<4).map { _ in try SerialWorker() }
        for (thread, worker) in workers.enumerated() {
            worker.execute {
                for number in 0..<500 {
                    var statistics = Statistics()
                    statistics.record(.microseconds(number))
                    publisher.publish(statistics, closedAt: .now())
                    switch (thread, number % 50) {
                    case (0, 0): publisher.flush(within: .seconds(10))
                    case (1, 0): publisher.onStatusChange { _ in }
                    case (2, 0): publisher.onIntervalEnd {}
                    case (3, 0): _ = (publisher.status.sent, publisher.costNote)
                    default: break
                    }
                }
            }
        }
        for worker in workers { worker.shutdown() }
        publisher.close(within: .seconds(20))
        #expect(publisher.status.sent.samples == 2_000)
    }

    @Test(arguments: 0..<20)
    func `is closed once by four threads at the same time`(run: Int) throws {
        let folder = TemporaryFolder()
        var settings = CloudWatchSettings(namespace: "Test/Shared")
        settings.emf = "file:" + folder.write("emf", "")
        settings.spool = "none"
        let publisher = try CloudWatchPublisher(settings)
        var statistics = Statistics()
        statistics.record(.milliseconds(1))
        publisher.publish(statistics, closedAt: .now())
        let workers = try (0..<4).map { _ in try SerialWorker() }
        for worker in workers { worker.execute { publisher.close(within: .seconds(20)) } }
        for worker in workers { worker.shutdown() }
        #expect(publisher.status.sent.samples == 1)
    }
}
