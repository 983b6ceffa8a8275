import Glibc
import Testing
import Timepiece
@testable import TimepieceCloudWatch

/// Data sent at the end of a stream while the publisher continues: soon, without a wait.
struct FlushSoonTests {
    private func publish(_ simulation: Simulation, _ publisher: UInt64, _ samples: Int) {
        _ = simulation.state.publish(.of(samples), of: publisher, at: simulation.now)
    }

    /// Hastens as a sender does, with three seconds of time.
    private func flushSoon(_ simulation: Simulation, _ publisher: UInt64) {
        simulation.state.take(publisher)
        simulation.state.flushSoon(until: simulation.now.boot.advanced(by: .seconds(3)))
    }

    @Test func `It is sent immediately, and later data of the same minute are sent at its end`() {
        let simulation = Simulation()
        let publisher = simulation.state.open(.sample())
        simulation.run(until: 10)
        publish(simulation, publisher, 7)
        flushSoon(simulation, publisher)
        simulation.run(until: 11)
        #expect(simulation.requests.map(\.stamps) == [[noon]])
        publish(simulation, publisher, 5)
        simulation.run(until: 100)
        #expect(simulation.requests.map(\.stamps) == [[noon], [noon]])
        #expect(simulation.requests[1].at >= 60)
        #expect(simulation.samplesTaken == 12)
    }

    @Test func `During an outage it is spooled immediately, and sent when the service is back`() {
        let simulation = Simulation(random: 1)
        let publisher = simulation.state.open(.sample())
        simulation.answer = { _, at in at < 300 ? .failed("The network is gone.") : .accepted }
        simulation.run(until: 10)
        publish(simulation, publisher, 7)
        flushSoon(simulation, publisher)
        simulation.run(until: 12)
        #expect(simulation.waiting == 1)
        simulation.run(until: 500)
        #expect(simulation.samplesTaken == 7)
        #expect(simulation.waiting == 0)
    }

    @Test func `Without a spool it stays in memory after its deadline, and the sender works as before`() {
        let simulation = Simulation(hasSpool: false)
        let publisher = simulation.state.open(.sample())
        simulation.answer = { _, at in at < 100 ? .failed("The network is gone.") : .accepted }
        simulation.run(until: 10)
        publish(simulation, publisher, 7)
        flushSoon(simulation, publisher)
        simulation.run(until: 300)
        #expect(simulation.samplesTaken == 7)
        #expect(simulation.state.flush.deadline == nil)
        #expect(simulation.state.status.dropped.isEmpty)
    }

    @Test func `No attempt takes longer than the deadline`() throws {
        let simulation = Simulation()
        let publisher = simulation.state.open(.sample())
        var timeouts: [Duration] = []
        simulation.answer = { batch, _ in
            timeouts.append(batch.timeout)
            return .accepted
        }
        simulation.run(until: 10)
        publish(simulation, publisher, 7)
        flushSoon(simulation, publisher)
        simulation.run(until: 20)
        publish(simulation, publisher, 7)
        simulation.run(until: 100)
        #expect(try #require(timeouts.first) <= .seconds(3))
        #expect(timeouts.last == simulation.state.configuration.requestTimeout)
    }

    @Test func `It does not postpone the end of a close that follows, nor of one that waits`() {
        let simulation = Simulation(hasSpool: false)
        let publisher = simulation.state.open(.sample())
        simulation.answer = { _, _ in .failed("The network is gone.") }
        simulation.run(until: 10)
        publish(simulation, publisher, 7)
        simulation.state.take(publisher)
        simulation.state.flushSoon(until: Moment.after(13).boot)
        simulation.state.flush(until: Moment.after(12.95).boot, isLast: true)
        simulation.state.flushSoon(until: Moment.after(13.5).boot)
        #expect(simulation.state.flush.deadline == Moment.after(12.95).boot)
        simulation.run(until: 12.96)
        #expect(simulation.state.isFlushed)
        #expect(simulation.state.status.dropped[.stopped]?.samples == 7)
    }

    /// A sender whose data keep their order, which is closed as soon as it has begun, with what an earlier process left.
    private func shortLife(_ left: Int, steps: Int, answer: DeliveryVerdict = .accepted) -> Simulation {
        let simulation = Simulation { $0.keepsOrder = true }
        simulation.answer = { _, _ in answer }
        for second in 0..<left { simulation.leave(.sample(Double(second))) }
        for _ in 0..<steps { simulation.step() }
        simulation.state.publish([.sample(1000)], at: simulation.now)
        simulation.state.flush(until: simulation.now.boot.advanced(by: .seconds(3)), isLast: true)
        while !simulation.state.isFlushed { simulation.step() }
        return simulation
    }

    @Test(arguments: 0..<5)
    func `If the order matters, a process that ends immediately sends older data, and then its own`(
        steps: Int
    ) {
        let simulation = shortLife(30, steps: steps)
        let older = (0..<30).map { Moment.after(Double($0)).boot }
        #expect(simulation.taken.map(\.instant) == older + [Moment.after(1000).boot])
        #expect(simulation.waiting == 0 && simulation.state.status.uncertain == SampleTally())
        #expect(simulation.requests.count <= 2)
        simulation.run(until: 1)
        #expect(simulation.hasFinished)
    }

    @Test(arguments: 0..<5)
    func `If the order matters and nothing can be sent, a process ends immediately, and holds nothing`(steps: Int) {
        let simulation = shortLife(30, steps: steps, answer: .failed("The network is gone."))
        #expect(simulation.taken.isEmpty && simulation.requests.count == 1)
        #expect(simulation.waiting == 31 && !simulation.stored.contains { $0?.isHeld == true })
        #expect(simulation.seconds < 1)
        simulation.run(until: 1)
        #expect(simulation.hasFinished)
    }

    @Test func `If the order matters and requests take too long, taken data are released at the deadline`() {
        let simulation = Simulation { $0.keepsOrder = true }
        simulation.way = .seconds(4)
        simulation.answer = { batch, _ in batch.data.count > 1 ? .tooLong("Too long.") : .accepted }
        for second in 0..<2 { simulation.leave(.sample(Double(second))) }
        simulation.state.publish([.sample(1000)], at: simulation.now)
        simulation.state.flush(until: simulation.now.boot.advanced(by: .seconds(3)), isLast: true)
        simulation.run(until: 60)
        #expect(simulation.hasFinished && simulation.requests.count == 1)
        #expect(simulation.waiting == 3 && !simulation.stored.contains { $0?.isHeld == true })
    }

    @Test func `A publisher that was flushed continues`() throws {
        let server = try FaultServer.get()
        let folder = SpoolFolder()
        let publisher = try CloudWatchPublisher(.test(endpoint: server.address("none", "haste"), spool: folder.path))
        publisher.publish(.of(10), closedAt: .now())
        publisher.flush(within: .seconds(60))
        #expect(try eventually { try server.books("none", "haste").samples == 10 })
        publisher.publish(.of(5), closedAt: .now())
        publisher.close(within: .seconds(20))
        #expect(try server.books("none", "haste").samples == 15)
    }

    @Test func `A process that exits without closing publishes its measurements, to the last tick`() async throws {
        let folder = SpoolFolder()
        let file = folder.otherPath
        await #expect(processExitsWith: .exitCode(7)) { [file = file as String, spool = folder.path as String] in
            var settings = CloudWatchSettings(namespace: "Test/Video")
            settings.emf = "file:\(file)"
            settings.spool = spool
            settings.environment = .isolated
            let tachometer = try CWTachometer(settings)
            for _ in 0..<10 { tachometer.tick() }
            exit(7)
        }
        let document = JSONDocument(folder.read(file))
        #expect(document?.integer(["frame_processing_time", "Count"]) == 9)
    }
}
