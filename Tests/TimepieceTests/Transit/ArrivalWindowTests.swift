import TestEnvironment
import Testing

@testable import Timepiece

@Suite("A window of arrivals")
struct ArrivalWindowTests {
    private typealias Departure = ArrivalWindow.Departure

    /// Makes laps of stamps, one after the other, and returns the stamps that were given up in between.
    private static func take(_ window: inout ArrivalWindow, _ sequences: [UInt64]) -> Departure {
        var sum = Departure()
        for sequence in sequences where !window.takeNext(sequence) {
            let departure = window.arrive(sequence)
            (sum.lost, sum.merged) = (sum.lost + departure.lost, sum.merged + departure.merged)
            _ = window.resolve(sequence)
        }
        return sum
    }

    @Test func `counts each stamp once`() {
        var window = ArrivalWindow(after: 0)
        let counted = [window.takeNext(1), window.takeNext(1), window.resolve(1)]
        #expect(counted == [true, false, false])
        #expect(window.openCount == 0 && window.highest == 1)
    }

    @Test func `loses what has not arrived when the window has moved past it`() {
        var window = ArrivalWindow(after: 0)
        #expect(Self.take(&window, [2]) == Departure())
        #expect(window.openCount == 1 && window.oldestOpen == 1)
        #expect(Self.take(&window, Array(3...ArrivalWindow.span)) == Departure())
        #expect(Self.take(&window, [ArrivalWindow.span + 1]) == Departure(lost: 1))
        #expect(window.openCount == 0 && window.oldestOpen == 0)
    }

    @Test func `waits for an overtaken stamp`() {
        var window = ArrivalWindow(after: 0)
        #expect(Self.take(&window, [2, 1]) == Departure())
        #expect(window.openCount == 0)
        #expect(window.settle(upTo: 2) == Departure())
    }

    @Test func `counts the losses of a leap over the whole window`() {
        var window = ArrivalWindow(after: 0)
        #expect(Self.take(&window, [1]) == Departure())
        // 2 … 10,000 less the window, and nothing of it is waited for twice.
        let lost = Self.take(&window, [10_000]).lost
        #expect(lost == 10_000 - ArrivalWindow.span - 1)
        #expect(window.openCount == ArrivalWindow.span - 1 && window.oldestOpen == 10_000 - ArrivalWindow.span + 1)
        #expect(lost + window.settle(upTo: 10_000).lost == 9_998)
    }

    @Test func `gives up missing stamps at the end, once`() {
        var window = ArrivalWindow(after: 0)
        #expect(Self.take(&window, [1, 3]) == Departure())
        #expect(window.settle(upTo: 5) == Departure(lost: 3))
        #expect(window.settle(upTo: 5) == Departure())
    }

    @Test func `distinguishes what arrived beside another from what did not arrive`() {
        var window = ArrivalWindow(after: 0)
        _ = window.arrive(1)
        _ = window.arrive(2)
        _ = window.arrive(4)
        let resolved = [window.resolve(1), window.resolve(4)]
        #expect(resolved == [true, true])
        #expect(window.settle(upTo: 4) == Departure(lost: 1, merged: 1))
    }

    @Test func `gives up the oldest first, at any position of the window`() {
        for begin in [0, 60, 63, 200, 255, 256, 300, 1_000] as [UInt64] {
            var window = ArrivalWindow(after: begin)
            _ = Self.take(&window, [begin + 3, begin + 200])
            #expect(window.oldestOpen == begin + 1)
            #expect(window.giveUpOldest() == Departure(lost: 1))
            #expect(window.oldestOpen == begin + 2)
            #expect(window.giveUpOldest() == Departure(lost: 1))
            #expect(window.oldestOpen == begin + 4 && window.openCount == 196)
        }
    }

    @Test func `does not count a stamp that is too late to know whether it arrived before`() {
        var window = ArrivalWindow(after: 0)
        _ = window.arrive(1000)
        #expect(window.arrive(1000 - ArrivalWindow.span) == Departure())
        let counted = window.resolve(1000 - ArrivalWindow.span)
        #expect(!counted)
    }

    @Test func `does not wait for earlier stamps`() {
        var window = ArrivalWindow(after: 100)
        #expect(Self.take(&window, [102]) == Departure())
        #expect(window.settle(upTo: 102) == Departure(lost: 1))
    }

    @Test(arguments: [1, 2, 3, 5, 8] as [UInt64])
    func `accounts for every stamp exactly once, whatever is dropped, doubled and reordered`(seed: UInt64) {
        var window = ArrivalWindow(after: 0)
        var generator = SeededGenerator(seed: seed)
        func random(_ limit: UInt64) -> UInt64 { .random(in: 0..<limit, using: &generator) }
        var laps: UInt64 = 0
        var departed = Departure()
        for sequence in 1...20_000 as ClosedRange<UInt64> where random(10) > 1 {
            let one = random(20) == 0 && sequence > 300 ? sequence - random(300) : sequence
            if window.takeNext(one) {
                laps += 1
            } else {
                let gone = window.arrive(one)
                departed = Departure(lost: departed.lost + gone.lost, merged: departed.merged + gone.merged)
                if random(4) > 0, window.resolve(one) { laps += 1 }
            }
            #expect(laps + departed.lost + departed.merged + window.openCount == window.highest)
        }
        let rest = window.settle(upTo: 20_000)
        #expect(laps + departed.lost + departed.merged + rest.lost + rest.merged == 20_000)
    }
}
