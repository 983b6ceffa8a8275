import Glibc
import Testing
import Timepiece
@testable import TimepieceCloudWatch

/// What is sent at the end of a stream while the publisher goes on: hastened, and waited for by nobody.
struct FlushSoonTests {
    private func publish(_ simulation: Simulation, _ publisher: UInt64, _ samples: Int) {
        _ = simulation.state.publish(.of(samples), of: publisher, at: simulation.now)
    }

    /// Hastens as a sender does, with three seconds of time.
    private func flushSoon(_ simulation: Simulation, _ publisher: UInt64) {
        simulation.state.take(publisher)
        simulation.state.flushSoon(until: simulation.now.boot.advanced(by: .seconds(3)))
    }

    @Test func `It goes out at once, and what follows in the same minute goes out at its end`() {
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

    @Test func `During an outage it is in the spool at once, and goes out when the service is back`() {
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
        #expect(simulation.state.flushDeadline == nil)
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

    @Test func `A publisher that was flushed goes on`() throws {
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

    @Test func `A process that exits without closing hands over what it measured, to the last tick`() async throws {
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
