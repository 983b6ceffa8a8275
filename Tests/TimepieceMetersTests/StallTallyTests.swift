import Testing
import Timepiece

@testable import TimepieceMeters

@Suite("The tally of stalls")
struct StallTallyTests {
    @Test func `counts a stall once, however often it is reported`() {
        var tally = StallTally()
        tally.note(.stalled(.standstill, since: .nanoseconds(30)), at: 100)
        tally.note(.stalled(.standstill, since: .nanoseconds(60)), at: 130)
        #expect(tally.read(at: 140) == StallTotals(count: 1, nanoseconds: 70, isStalled: true))
        tally.note(.resumed(.standstill, after: .nanoseconds(80)), at: 160)
        #expect(tally.read(at: 200) == StallTotals(count: 1, nanoseconds: 80, isStalled: false))
        tally.note(.stalled(.trickle, since: .nanoseconds(10)), at: 300)
        #expect(tally.read(at: 300) == StallTotals(count: 2, nanoseconds: 90, isStalled: true))
    }

    @Test func `never falls if a stall turns out shorter`() {
        var tally = StallTally()
        tally.note(.stalled(.standstill, since: .nanoseconds(10)), at: 10)
        #expect(tally.read(at: 50).nanoseconds == 50)
        tally.note(.resumed(.standstill, after: .nanoseconds(40)), at: 60)
        #expect(tally.read(at: 61).nanoseconds == 50)
    }

    @Test func `ends a stall when no buffer is expected any more`() {
        var tally = StallTally()
        tally.note(.stalled(.standstill, since: .nanoseconds(10)), at: 10)
        tally.rest(at: 25)
        #expect(tally.read(at: 90) == StallTotals(count: 1, nanoseconds: 25, isStalled: false))
    }
}
