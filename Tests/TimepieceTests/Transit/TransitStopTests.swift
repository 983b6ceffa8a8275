import Testing

@testable import Timepiece

@Suite("A stop")
struct TransitStopTests {
    private let group = TransitGroup()
    private let start = TransitStart(name: "one")
    private let stop: TransitStop

    init() {
        stop = TransitStop(group: group, correlation: .auto)
        group.add(start)
    }

    private func times(_ time: UInt64) -> MediaTimes { MediaTimes(presentation: time, running: time) }

    /// Laps, their sum, and what was lost or strange since the last time.
    private func taken(_ stop: TransitStop) -> [UInt64] {
        let drained = stop.drain()
        return [
            drained.reduce(0) { $0 + $1.statistics.count }, drained.reduce(0) { $0 + $1.statistics.sumNanoseconds },
            drained.reduce(stop.takeUnmatched()) { $0 + $1.origin.takeLost() },
        ]
    }

    @Test func `measures from the stamp to now`() {
        let sequence = start.stamp(at: 1_000, times: times(0))
        stop.pass(at: 1_500, start: start.identifier, sequence: sequence, instant: 1_000)
        #expect(taken(stop) == [1, 500, 0])
    }

    /// The number of a start that is not in the group, as that of another process.
    private let elsewhere = TransitStart.elsewhere | 7

    @Test func `measures from the stamps of another process, and counts what is missing between them`() throws {
        for (now, sequence) in [(100, 5), (200, 6), (300, 8)] as [(UInt64, UInt64)] {
            stop.pass(at: now, start: elsewhere, sequence: sequence, instant: now - 40)
        }
        let drained = stop.drain()
        let origin = try #require(drained.first { $0.origin.start.identifier == elsewhere })
        #expect(origin.statistics.count == 3 && origin.statistics.sumNanoseconds == 120)
        #expect(stop.underWay.count == 1 && stop.underWay.oldest == 260)
        stop.end()
        // Stamps that were issued before the first one that arrived are unknown.
        #expect(origin.origin.takeLost() == 1)
        #expect(stop.takeUnmatched() == 0)
    }

    @Test func `accepts late stamps of another process, once each`() {
        for sequence in [2, 4, 3, 4] as [UInt64] {
            stop.pass(at: 100, start: elsewhere, sequence: sequence, instant: 90)
        }
        #expect(taken(stop) == [3, 30, 0])
    }

    @Test func `keeps no more than 32 starts of ended processes`() {
        for number in 1...100 as ClosedRange<UInt64> {
            stop.pass(at: 100, start: TransitStart.elsewhere | number, sequence: 1, instant: 90)
        }
        let first = stop.drain()
        #expect(first.reduce(0) { $0 + $1.statistics.count } == 100)
        // A retired start is removed when it is empty.
        _ = stop.drain()
        #expect(stop.drain().count <= 34)
        for number in 1...1_000 as ClosedRange<UInt64> {
            stop.pass(at: 100, start: TransitStart.elsewhere | number << 8, sequence: 1, instant: 90)
        }
        #expect(stop.drain().count <= 256)
    }

    @Test func `tolerates invalid numbers of another process`() {
        for sequence in [1, 1 << 48, 3, 1 << 40, 0] as [UInt64] {
            stop.pass(at: 100, start: elsewhere, sequence: sequence, instant: 500)
        }
        stop.end()
        #expect(stop.drain().reduce(0) { $0 + $1.statistics.count } == 0)
    }

    /// A buffer with several stamps of the start, one of which may be of the same time as the buffer.
    private func pass(at now: UInt64, _ sequences: [UInt64], exact: UInt64 = 0) {
        for sequence in sequences {
            stop.arrive(
                start: start.identifier, sequence: sequence, instant: sequence * 10, isExact: sequence == exact)
        }
        stop.pass(at: now, times: MediaTimes(presentation: .max, running: .max))
    }

    @Test func `counts the oldest of several stamps, and at the end the others as merged`() throws {
        for instant: UInt64 in [10, 20, 30] { _ = start.stamp(at: instant, times: times(instant)) }
        pass(at: 100, [2, 1, 3])
        let origin = try #require(stop.drain().first?.origin)
        #expect(stop.underWay.count == 2)
        stop.end()
        #expect(origin.takeLost() == 0 && origin.takeMerged() == 2)
        #expect(stop.underWay.count == 0)
    }

    @Test func `of several stamps uses one that has not made a lap, so that joined parts of frames are frames`() {
        for instant: UInt64 in [10, 20, 30, 40] { _ = start.stamp(at: instant, times: times(instant)) }
        pass(at: 100, [1, 2])
        pass(at: 200, [2, 3])
        pass(at: 300, [3, 4])
        pass(at: 400, [4])
        stop.end()
        #expect(taken(stop) == [4, 1_000 - 100, 0])
    }

    @Test func `of several stamps uses the one that was made for a buffer of the same time`() {
        for instant: UInt64 in [10, 20, 30] { _ = start.stamp(at: instant, times: times(instant)) }
        pass(at: 100, [1, 3, 2], exact: 3)
        #expect(taken(stop) == [1, 70, 0])
        pass(at: 100, [1, 3, 2], exact: 3)
        #expect(taken(stop) == [1, 90, 0])
    }

    @Test func `knows the buffers in flight, and since when`() {
        for instant: UInt64 in [10, 20, 30, 40, 50] { _ = start.stamp(at: instant, times: times(instant)) }
        #expect(stop.underWay.count == 0)
        stop.connect([start.identifier: []])
        #expect(stop.underWay.count == 5 && stop.underWay.oldest == 10 && stop.underWay.front == 10)
        pass(at: 100, [2])
        #expect(stop.underWay.count == 4 && stop.underWay.oldest == 10 && stop.underWay.front == 30)
        pass(at: 100, [1])
        #expect(stop.underWay.count == 3 && stop.underWay.oldest == 30 && stop.underWay.front == 30)
        pass(at: 100, [5])
        #expect(stop.underWay.count == 2 && stop.underWay.oldest == 30 && stop.underWay.front == .max)
        stop.end()
        #expect(stop.underWay == TransitOrigin.UnderWay())
        #expect(taken(stop) == [3, 220, 2])
    }

    @Test(arguments: [500, 2_000, 20_000] as [UInt64])
    func `knows the age of the oldest, for any number in flight`(number: UInt64) {
        stop.connect([start.identifier: []])
        for instant in 1...number { _ = start.stamp(at: instant, times: times(instant)) }
        // Exactly, or not older than it is.
        let oldest = stop.underWay.oldest
        #expect(stop.underWay.count == number)
        if number <= 1_000 { #expect(oldest == 1) } else { #expect(oldest <= 1 || number > 8_000) }
        #expect(oldest >= 1 && oldest <= number)
        #expect(stop.underWay.front == oldest)
    }

    @Test func `gives up overtaken stamps when they are four times as old as the longest lap`() {
        let lap: UInt64 = 5_000_000
        for number: UInt64 in 1...20 { _ = start.stamp(at: number * 2 * lap, times: times(number)) }
        func pass(_ number: UInt64) {
            stop.pass(
                at: number * 2 * lap + lap, start: start.identifier, sequence: number, instant: number * 2 * lap)
        }
        pass(1)
        pass(2)
        #expect(taken(stop) == [2, 2 * lap, 0])
        pass(4)
        // 3 started 15 ms ago now, 25 ms when the next one comes.
        #expect(taken(stop) == [1, lap, 0])
        pass(5)
        #expect(taken(stop) == [1, lap, 1])
        // It is permanently late.
        stop.pass(at: 12 * lap, start: start.identifier, sequence: 3, instant: 6 * lap)
        #expect(taken(stop) == [0, 0, 0])
        stop.end()
        #expect(taken(stop) == [0, 0, 15])
    }

    @Test func `does not wait for a start without a path to it, and does not use its times`() {
        let other = TransitStart(name: "other")
        group.add(other)
        stop.connect([other.identifier: []])
        for number: UInt64 in 0..<40 { _ = start.stamp(at: number, times: times(number * 33)) }
        for number: UInt64 in 0..<40 { stop.pass(at: 100, times: times(number * 33)) }
        stop.end()
        #expect(taken(stop) == [0, 0, 0])
        #expect(!stop.hasMatched)
    }

    @Test(arguments: [1_000_000, 11_111] as [UInt64], [33_333_333, 40_000_000, 10_000_000, 21_333_333] as [UInt64])
    func `recognizes times that a muxer rounded to its clock`(tick: UInt64, frame: UInt64) {
        stop.connect([start.identifier: []])
        for number: UInt64 in 0..<40 { _ = start.stamp(at: number * 10, times: times(number * frame)) }
        for number: UInt64 in 0..<40 { stop.pass(at: number * 10 + 7, times: times(number * frame / tick * tick)) }
        stop.end()
        #expect(taken(stop) == [40, 280, 0])
    }

    @Test(arguments: [1_000_000, 1_500_000, 300_000] as [UInt64])
    func `does not guess if frames are as close as the ticks of a muxer`(frame: UInt64) {
        stop.connect([start.identifier: []])
        for number: UInt64 in 0..<40 { _ = start.stamp(at: number * 10, times: times(number * frame)) }
        for number: UInt64 in 0..<40 { stop.pass(at: number * 10 + 7, times: times(number * frame + 100_000)) }
        stop.end()
        #expect(taken(stop) == [0, 0, 40])
    }

    @Test func `does not use a start whose two times point to different buffers`() {
        stop.connect([start.identifier: []])
        // The running time is moved by three frames on the way, the other is not.
        for number: UInt64 in 0..<43 { _ = start.stamp(at: number * 10, times: times(number * 33)) }
        for number: UInt64 in 3..<43 {
            stop.pass(
                at: number * 10 + 5, times: MediaTimes(presentation: number * 33, running: (number - 3) * 33))
        }
        stop.end()
        #expect(taken(stop) == [0, 0, 43])
    }

    @Test func `searches for few if none is recognized, and finds them when possible`() {
        stop.connect([start.identifier: []])
        for number: UInt64 in 0..<2_000 { stop.pass(at: 5, times: times(number * 33 + 1)) }
        #expect(taken(stop) == [0, 0, 0])
        for number: UInt64 in 10_000..<12_000 {
            _ = start.stamp(at: number, times: times(number * 33))
            stop.pass(at: number + 5, times: times(number * 33))
        }
        stop.end()
        let result = taken(stop)
        #expect(result[0] >= 1_400 && result[1] == result[0] * 5 && result[0] + result[2] == 2_000)
    }

    @Test func `uses nothing from before a flush, even with the same times`() {
        stop.connect([start.identifier: []])
        for number: UInt64 in 0..<16 { _ = start.stamp(at: number, times: times(number * 33)) }
        stop.flush()
        for number: UInt64 in 0..<16 { _ = start.stamp(at: 1_000, times: times(number * 33)) }
        for number: UInt64 in 0..<16 { stop.pass(at: 1_100, times: times(number * 33)) }
        stop.end()
        #expect(taken(stop) == [16, 1_600, 0])
    }

    @Test func `makes a lap for each start whose stamps are on one buffer`() {
        let other = TransitStart(name: "other")
        group.add(other)
        stop.arrive(start: start.identifier, sequence: start.stamp(at: 10, times: times(0)), instant: 10)
        stop.pass(at: 50, start: other.identifier, sequence: other.stamp(at: 20, times: times(0)), instant: 20)
        #expect(stop.drain().map(\.statistics.sumNanoseconds) == [40, 30])
    }

    @Test func `counts a duplicate once`() {
        let sequence = start.stamp(at: 10, times: times(0))
        for now: UInt64 in [20, 30] {
            stop.pass(at: now, start: start.identifier, sequence: sequence, instant: 10)
        }
        #expect(taken(stop) == [1, 10, 0])
    }

    @Test func `counts at the end what did not arrive`() {
        for _ in 1...5 { _ = start.stamp(at: 10, times: times(0)) }
        stop.pass(at: 20, start: start.identifier, sequence: 2, instant: 10)
        stop.end()
        #expect(taken(stop) == [1, 10, 4])
    }

    @Test func `does not count what a flush discarded`() {
        for _ in 1...5 { _ = start.stamp(at: 10, times: times(0)) }
        stop.pass(at: 20, start: start.identifier, sequence: 1, instant: 10)
        stop.flush()
        stop.end()
        #expect(taken(stop) == [1, 10, 0])
    }

    @Test func `does not count a lap with a pause in it`() {
        for _ in 1...2 { _ = start.stamp(at: 10, times: times(0)) }
        stop.resume(at: 100)
        stop.pass(at: 120, start: start.identifier, sequence: 1, instant: 10)
        stop.pass(at: 130, start: start.identifier, sequence: 2, instant: 110)
        stop.end()
        #expect(taken(stop) == [1, 20, 0])
    }

    @Test func `recognizes by time if no stamp arrives, from the first on`() {
        for number: UInt64 in 0..<40 { _ = start.stamp(at: number * 10, times: times(number * 1_000)) }
        for number: UInt64 in 0..<40 { stop.pass(at: number * 10 + 7, times: times(number * 1_000)) }
        stop.end()
        // 7 for each: later than the start's instant by as much.
        #expect(taken(stop) == [40, 280, 0])
    }

    @Test(arguments: [true, false])
    func `uses the running time if the presentation time was shifted, and vice versa`(isRunningKept: Bool) {
        for number: UInt64 in 0..<16 {
            _ = start.stamp(at: 0, times: MediaTimes(presentation: number * 7, running: number * 5))
        }
        for number: UInt64 in 0..<16 {
            let shifted = number &* 13 &+ 5_000_000
            stop.pass(
                at: 9,
                times: MediaTimes(
                    presentation: isRunningKept ? shifted : number * 7, running: isRunningKept ? number * 5 : shifted))
        }
        #expect(taken(stop) == [16, 144, 0])
    }

    @Test func `recognizes nothing if only one time in three matches another`() {
        for number: UInt64 in 0..<60 { _ = start.stamp(at: number, times: times(number * 33)) }
        for number: UInt64 in 0..<60 {
            stop.pass(at: 1_000, times: times(number % 3 == 0 ? number * 33 : number * 33 + 1))
        }
        stop.end()
        #expect(taken(stop) == [0, 0, 60])
    }

    @Test func `counts unrecognized buffers once, as issued and not arrived, if the start is upstream`() {
        stop.connect([start.identifier: []])
        for number: UInt64 in 0..<60 { _ = start.stamp(at: number, times: times(number * 33)) }
        for number: UInt64 in 0..<70 { stop.pass(at: 1_000, times: times(number * 33 + 1)) }
        stop.end()
        #expect(taken(stop) == [0, 0, 60])
    }

    @Test func `recognizes all that started if more buffers pass than started`() {
        for number: UInt64 in 0..<20 { _ = start.stamp(at: 0, times: times(number * 66)) }
        for number: UInt64 in 0..<40 { stop.pass(at: 5, times: times(number * 33)) }
        stop.end()
        #expect(taken(stop) == [20, 100, 0])
    }

    @Test func `does not use a time that many share`() {
        for _ in 0..<40 { _ = start.stamp(at: 0, times: times(0)) }
        for _ in 0..<40 { stop.pass(at: 5, times: times(0)) }
        stop.end()
        #expect(taken(stop) == [0, 0, 40])
    }

    @Test func `does not use times if only stamps are allowed`() {
        let strict = TransitStop(group: group, correlation: .stamps)
        for number: UInt64 in 0..<16 { _ = start.stamp(at: 0, times: times(number)) }
        for number: UInt64 in 0..<16 { strict.pass(at: 5, times: times(number)) }
        #expect(taken(strict) == [0, 0, 16])
    }

    @Test func `does not wait for buffers that passed the start before the stop was made`() {
        for _ in 0..<100 { _ = start.stamp(at: 0, times: times(0)) }
        let late = TransitStop(group: group, correlation: .auto)
        // Before it is linked, others pass the start and go another way.
        for _ in 0..<1_000 { _ = start.stamp(at: 0, times: times(0)) }
        late.pass(at: 5, start: start.identifier, sequence: start.stamp(at: 1, times: times(0)), instant: 1)
        late.end()
        #expect(taken(late) == [1, 4, 0])
    }

    @Test func `counts buffers of an unknown start as unmatched`() {
        stop.pass(at: 5, start: 1 << 62, sequence: 1, instant: 1)
        stop.end()
        #expect(taken(stop) == [0, 0, 1])
    }

    @Test func `removes ended starts when there are very many`() {
        for _ in 0..<200 {
            let passing = TransitStart(name: "passing")
            group.add(passing)
            let sequence = passing.stamp(at: 1, times: times(0))
            stop.pass(at: 2, start: passing.identifier, sequence: sequence, instant: 1)
            group.remove(passing)
            #expect(taken(stop) == [1, 1, 0])
        }
        #expect(stop.drain().count < 50)
    }
}
