import Testing
import Timepiece
@testable import TimepieceCloudWatch

struct SenderStateTests {
    private func open(_ simulation: Simulation, _ count: Int = 1) -> [UInt64] {
        (0..<count).map { simulation.state.open(.sample("cam-\($0)")) }
    }

    @Test func `A hundred elements make one request a minute`() {
        let simulation = Simulation()
        simulation.windowLength = 10
        let publishers = open(simulation, 100)
        simulation.run(until: 310, publishing: publishers, samples: 3)
        #expect(simulation.requests.map(\.data) == [100, 100, 100, 100, 100])
        #expect(simulation.requests.map(\.stamps.first) == (0..<5).map { noon + 60 * $0 })
        #expect(simulation.state.status.sent == SampleTally(data: 500, samples: 100 * 3 * 29))
    }

    @Test func `Elements that report in sequence also share a request`() {
        let simulation = Simulation { $0.phase = 0.05 }
        simulation.windowLength = 10
        simulation.windowSpread = .milliseconds(900)
        let publishers = open(simulation, 100)
        simulation.run(until: 310, publishing: publishers, samples: 3)
        #expect(simulation.requests.map(\.data) == [100, 100, 100, 100, 100])
        #expect(simulation.requests.map { $0.at.rounded() } == [63, 123, 183, 243, 303])
    }

    @Test func `An hour of outage loses nothing, and ends newest first at a bounded rate`() throws {
        let simulation = Simulation()
        simulation.windowLength = 10
        let publishers = open(simulation, 4)
        simulation.answer = { _, at in at >= 600 && at < 4200 ? .failed("The network is gone.") : .accepted }
        simulation.run(until: 7200, publishing: publishers)
        simulation.run(until: 7300)
        #expect(simulation.samplesTaken == UInt64(4 * 30 * 719))
        #expect(simulation.state.status.sent.samples == simulation.samplesTaken)
        #expect(simulation.state.status.uncertain == SampleTally())
        #expect(simulation.waiting == 0)
        #expect(simulation.state.status.dropped.isEmpty)

        let during = simulation.requests.filter { $0.at >= 600 && $0.at < 4200 }
        // Pauses of half of up to a minute, for an hour.
        #expect(during.count < 150)
        let after = simulation.requests.filter { $0.at >= 4200 && $0.at < 4300 }
        #expect(try #require(after.first).data <= 20, "the first request after five failures is a small probe")
        let stamps = after.dropFirst().filter { $0.data > 4 }.flatMap(\.stamps)
        #expect(stamps == stamps.sorted(by: >))
        for (earlier, later) in zip(after, after.dropFirst()) where later.data > 4 {
            #expect(later.at - earlier.at >= 0.9)
        }
    }

    @Test func `Back-off doubles from half a second to a minute, with full jitter`() {
        let simulation = Simulation(random: 1)
        let publishers = open(simulation)
        simulation.answer = { _, _ in .failed("The network is gone.") }
        simulation.run(until: 400, publishing: publishers)
        let pauses = zip(simulation.requests, simulation.requests.dropFirst()).map { $1.at - $0.at }
        // A request takes 50 ms.
        #expect(
            pauses.prefix(8).map { (($0 - 0.05) * 1000).rounded() } == [
                500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000,
            ])
        #expect(Backoff.pause(after: 3, asked: nil, random: 0.25) == .milliseconds(500))
        #expect(Backoff.pause(after: 1, asked: nil, random: 0) == .zero)
        #expect(Backoff.pause(after: .max, asked: nil, random: 0.999) < .seconds(60))
    }

    @Test func `The pause that the service requests is kept, up to five minutes`() {
        #expect(Backoff.pause(after: 1, asked: .seconds(7), random: 0.5) == .seconds(7))
        #expect(Backoff.pause(after: 1, asked: .seconds(3600), random: 0.5) == .seconds(300))
        let simulation = Simulation()
        let publishers = open(simulation)
        var answers: [DeliveryVerdict] = [.throttled("Slow down.", retryAfter: .seconds(9))]
        simulation.answer = { _, _ in answers.popLast() ?? .accepted }
        simulation.run(until: 90, publishing: publishers)
        #expect(simulation.requests.count == 2)
        #expect(simulation.requests[1].at - simulation.requests[0].at >= 9)
        #expect(simulation.state.status.throttled == 1)
        #expect(simulation.state.status.retried == 1)
    }

    @Test func `A refused batch is halved down to the single datum, which is set aside and counted`() {
        let simulation = Simulation()
        simulation.windowLength = 10
        let publishers = open(simulation, 100)
        simulation.answer = { batch, _ in
            batch.data.contains { $0.datum.identity.dimensions[0].value == "cam-37" }
                ? .refused("InvalidParameterValue.") : .accepted
        }
        simulation.run(until: 60, publishing: publishers)
        simulation.run(until: 110)
        #expect(simulation.taken.count == 99)
        #expect(simulation.requests.count <= 2 * 7 + 1)
        #expect(simulation.state.status.dropped == [.refused: SampleTally(data: 1, samples: 5 * 30)])
        #expect(
            simulation.state.status.lastError == "InvalidParameterValue. It was about Test/Video frame_processing_time "
                + "{Device=cam-37}, which is set aside.")
    }

    @Test func `Refused keys discard nothing: the request is repeated immediately with new ones, then with pauses`() {
        let simulation = Simulation()
        let publishers = open(simulation)
        simulation.answer = { _, at in at < 200 ? .unauthorized("ExpiredToken.") : .accepted }
        simulation.run(until: 300, publishing: publishers)
        simulation.run(until: 400)
        #expect(simulation.requests[1].at - simulation.requests[0].at < 0.1)
        #expect(simulation.requests[2].at - simulation.requests[1].at > 0.2)
        #expect(simulation.samplesTaken == 299 * 30)
        #expect(simulation.state.status.dropped.isEmpty)
    }

    @Test func `A response that was lost after the data were accepted duplicates them, and is counted`() {
        let simulation = Simulation()
        let publishers = open(simulation)
        var isFirst = true
        simulation.answer = { [unowned simulation] batch, _ in
            guard isFirst else { return .accepted }
            isFirst = false
            simulation.take(batch)
            return .failed("The connection broke.", isUncertain: true)
        }
        simulation.run(until: 120, publishing: publishers)
        simulation.run(until: 130)
        let status = simulation.state.status
        #expect(status.uncertain == SampleTally(data: 1, samples: 59 * 30))
        #expect(simulation.samplesTaken == status.sent.samples + status.uncertain.samples)
    }

    @Test func `A machine that was booted in 1970 dates everything correctly once the service has responded`() {
        let simulation = Simulation()
        simulation.now = Moment(boot: BootInstant(nanoseconds: 0), wall: WallTime(nanoseconds: 0))
        simulation.serviceClock = .seconds(noon)
        let publisher = simulation.state.open(.sample())
        for second in 1...59 {
            let moment = Moment(
                boot: Moment.after(Double(second)).boot, wall: WallTime(nanoseconds: Int64(second) * 1_000_000_000))
            _ = simulation.state.publish(.of(30), of: publisher, at: moment)
        }
        var isFirst = true
        simulation.answer = { _, _ in
            defer { isFirst = false }
            return isFirst ? .wrongTime("Signature expired.") : .accepted
        }
        simulation.now = Moment(boot: Moment.after(61).boot, wall: WallTime(nanoseconds: 61_000_000_000))
        simulation.state.flush(until: Moment.after(70).boot, isLast: false)
        simulation.run(until: 62)
        #expect(simulation.requests.map(\.stamps) == [[0], [noon]])
        #expect(simulation.state.status.skew > .seconds(noon - 2))
    }

    @Test
    func `Data of an earlier boot are dated by the time learned then, or by a clock that was set, or not at all`() {
        let simulation = Simulation()
        simulation.epochs = ["boot-0": WallTime(nanoseconds: (noon - 6000) * 1_000_000_000)]
        let unset = Datum(
            identity: .sample(), boot: "boot-0", instant: BootInstant(nanoseconds: 600_000_000_000),
            wall: WallTime(nanoseconds: 600_000_000_000), count: 1, sum: 1, min: 1, max: 1, values: [])
        let undatable = Datum(
            identity: .sample(), boot: "boot-00", instant: unset.instant, wall: unset.wall, count: 4, sum: 1, min: 1,
            max: 1, values: [])
        simulation.leave(unset)
        simulation.leave(.sample(-300, boot: "boot-x"))
        simulation.leave(undatable)
        simulation.run(until: 5)
        #expect(simulation.requests.map { $0.stamps.sorted() } == [[noon - 5400, noon - 300]])
        #expect(simulation.state.status.dropped == [.undatable: SampleTally(data: 1, samples: 4)])
        #expect(simulation.waiting == 0)
    }

    @Test func `Nothing older than 14 days is sent`() {
        let simulation = Simulation()
        let day = 86_400.0
        simulation.leave(.sample(-14 * day - 60, boot: "boot-x"))
        simulation.leave(.sample(-14 * day + 600, boot: "boot-x"))
        // The service refuses them together; its response confirms the clock, which distinguishes them.
        simulation.serviceClock = .zero
        simulation.answer = { batch, _ in
            batch.data.contains { $0.timestamp < noon - 14 * 86_400 } ? .refused("Too old.") : .accepted
        }
        simulation.run(until: 5)
        #expect(simulation.requests.map(\.data) == [2, 1])
        #expect(simulation.taken.map(\.wall) == [Moment.after(-14 * day + 600).wall])
        #expect(simulation.state.status.dropped == [.tooOld: SampleTally(data: 1, samples: 10)])
    }

    @Test(arguments: [-3 * 3600, -20 * 86_400, 30 * 86_400, 1_740_000_000 - noon] as [Int64])
    func `Data of an earlier boot survive a wrong clock until the service has corrected it`(wrong: Int64) {
        let simulation = Simulation()
        for hour in 1...5 { simulation.leave(.sample(Double(-3600 * hour), boot: "boot-0")) }
        simulation.now = Moment(boot: Moment.after(0).boot, wall: Moment.after(Double(wrong)).wall)
        simulation.serviceClock = .seconds(-wrong)
        simulation.answer = { batch, _ in
            // Requests signed at a time too far from the service's are refused, and then data dated too far from it.
            let isNear = abs(batch.time.duration(to: Moment.after(0).wall).inSeconds) < 300
            guard isNear else { return .wrongTime("Signature expired.") }
            let isDated = batch.data.allSatisfy { ($0.timestamp - noon) < 7200 && ($0.timestamp - noon) > -14 * 86_400 }
            return isDated ? .accepted : .refused("InvalidParameterValue.")
        }
        simulation.run(until: 30)
        #expect(simulation.taken.count == 5)
        #expect(Set(simulation.requests.last?.stamps ?? []) == Set((1...5).map { noon - 3600 * $0 }))
        #expect(simulation.state.status.dropped.isEmpty)
    }

    @Test func `Three thousand series lose nothing if the destination is well, slow or away for an interval`() {
        for outage in [0.0, 70, 130] {
            let simulation = Simulation(hasSpool: false)
            simulation.windowLength = 20
            let publishers = open(simulation, 3000)
            simulation.answer = { _, at in at >= 60 && at < outage ? .failed("The network is gone.") : .accepted }
            simulation.run(until: 181, publishing: publishers, samples: 3)
            for publisher in publishers { simulation.state.close(publisher) }
            simulation.state.flush(until: simulation.now.boot.advanced(by: .seconds(60)), isLast: true)
            simulation.run(until: 240)
            #expect(simulation.hasFinished)
            #expect(simulation.state.status.dropped.isEmpty)
            #expect(simulation.samplesTaken == 3000 * 3 * 9)
        }
    }

    @Test func `Without a spool memory is bounded, and the oldest data are dropped and counted`() {
        let simulation = Simulation(hasSpool: false) { $0.memoryLimit = 30 }
        let publishers = open(simulation)
        simulation.answer = { _, at in at < 3600 ? .failed("The network is gone.") : .accepted }
        simulation.run(until: 3700, publishing: publishers)
        simulation.run(until: 3800)
        let status = simulation.state.status
        #expect((29...31).contains(Int(status.dropped[.memoryFull]?.data ?? 0)))
        #expect(status.sent.samples + (status.dropped[.memoryFull]?.samples ?? 0) == 3699 * 30)
        #expect(simulation.samplesTaken == status.sent.samples)
    }

    @Test func `If the thread does not run, publishing keeps memory bounded`() {
        var configuration = SenderConfiguration(
            boot: "boot-1", hasSpool: true, largestSize: { _ in 1000 }, random: { 0.5 })
        configuration.memoryLimit = 10
        var state = SenderState(configuration)
        let publisher = state.open(.sample())
        for minute in 0..<30 { _ = state.publish(.of(2), of: publisher, at: .after(Double(minute) * 60)) }
        #expect(state.closedIntervals.count == 10)
        #expect(state.status.dropped == [.memoryFull: SampleTally(data: 19, samples: 38)])
    }

    @Test func `While the disk fails data stay in memory, and are spooled when it works again`() {
        let simulation = Simulation()
        let publishers = open(simulation)
        simulation.answer = { _, at in at < 900 ? .failed("The network is gone.") : .accepted }
        simulation.isDiskDead = true
        simulation.run(until: 300, publishing: publishers)
        #expect(simulation.waiting == 0)
        simulation.isDiskDead = false
        simulation.run(until: 600, publishing: publishers)
        #expect(simulation.waiting >= 9)
        simulation.run(until: 1000, publishing: publishers)
        simulation.run(until: 1100)
        #expect(simulation.state.status.dropped.isEmpty)
        #expect(simulation.samplesTaken > 990 * 30)
        #expect(simulation.samplesTaken == simulation.state.status.sent.samples)
    }

    @Test func `Sent data that cannot be removed from a failed disk are not sent again by this process`() {
        let simulation = Simulation { $0.renewalAge = .seconds(10_000) }
        simulation.leave(.sample(-60))
        simulation.answer = { [unowned simulation] _, _ in
            simulation.isDiskDead = true
            return .accepted
        }
        simulation.run(until: 300)
        #expect(simulation.taken.count == 1)
        simulation.isDiskDead = false
        simulation.run(until: 600)
        #expect(simulation.taken.count == 1)
        #expect(simulation.waiting == 0)
    }

    @Test func `A flush sends the present part of a minute, and the thread ends`() {
        let simulation = Simulation()
        let publishers = open(simulation)
        simulation.run(until: 20, publishing: publishers)
        simulation.state.close(publishers[0])
        simulation.state.flush(until: Moment.after(23).boot, isLast: true)
        simulation.run(until: 23)
        #expect(simulation.hasFinished)
        #expect(simulation.samplesTaken == 19 * 30)
    }

    @Test func `A flush during an outage is spooled immediately`() {
        let simulation = Simulation(random: 1)
        let publishers = open(simulation)
        simulation.answer = { _, _ in .failed("The network is gone.") }
        simulation.run(until: 200, publishing: publishers)
        let before = simulation.requests.count
        simulation.state.close(publishers[0])
        simulation.state.flush(until: simulation.now.boot.advanced(by: .seconds(3)), isLast: true)
        simulation.run(until: 203)
        #expect(simulation.hasFinished)
        #expect(simulation.requests.count == before)
        let stored = simulation.stored.compactMap { $0?.datum.count }
        #expect(stored.reduce(0, +) == 199 * 30)
    }

    @Test
    func `A rescue stores a pending request as uncertain, and removes it when the response arrives after all`() throws {
        var state = SenderState(
            SenderConfiguration(boot: "boot-1", hasSpool: true, largestSize: { _ in 1000 }, random: { 0.5 }))
        let publisher = state.open(.sample())
        _ = state.publish(.of(5), of: publisher, at: .after(1))
        state.close(publisher)
        state.flush(until: Moment.after(4).boot, isLast: true)
        guard case .condense(let minutes) = state.nextStep(at: .after(1)) else { return #expect(Bool(false)) }
        state.condensed(minutes.map { Datum($0) })
        guard case .open = state.nextStep(at: .after(1)) else { return #expect(Bool(false)) }
        state.opened(epochs: [:], samples: 0)
        guard case .deliver(let batch) = state.nextStep(at: .after(1)) else { return #expect(Bool(false)) }
        guard case .wait(let end) = state.nextStep(at: .after(2)) else { return #expect(Bool(false)) }
        #expect(end == Moment.after(4).boot)
        guard case .store(let data) = state.nextStep(at: .after(4)) else { return #expect(Bool(false)) }
        #expect(data.map(\.isUncertain) == [true])
        #expect(!state.isFlushed)
        state.stored([17], dropped: SampleTally(), now: .after(4))
        #expect(state.isFlushed)
        state.delivered(
            DeliveryReport(.accepted, began: .after(1), ended: .after(6)), of: batch.number, now: .after(6))
        guard case .settle(let removed, let released) = state.nextStep(at: .after(6)) else {
            return #expect(Bool(false))
        }
        #expect(removed == [17])
        #expect(released.isEmpty)
        state.settled(removed: removed, released: [])
        guard case .finish = state.nextStep(at: .after(6)) else { return #expect(Bool(false)) }
    }

    @Test func `Long use of data of the spool extends their lease, and data taken by another process are left to it`() {
        let simulation = Simulation { $0.renewalAge = .seconds(1) }
        for minute in 1...40 { simulation.leave(.sample(Double(-60 * minute))) }
        simulation.way = .seconds(2)
        simulation.answer = { batch, _ in
            batch.data.contains { $0.datum.wall == Moment.after(-600).wall } ? .refused("Bad.") : .accepted
        }
        simulation.run(until: 300)
        #expect(simulation.taken.count == 39)
        #expect(simulation.state.status.droppedInAll.data == 1)
        #expect(simulation.waiting == 0)
    }
}
