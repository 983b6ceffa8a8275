import Testing
import Timepiece

@Suite struct TickerTests {
    private func ticker(_ maxIntervals: Int, microseconds: [UInt64]) throws -> Ticker {
        var ticker = Ticker(maxIntervals: maxIntervals)
        for instant in microseconds { ticker.tick(at: MonotonicInstant(nanoseconds: instant * 1000)) }
        return ticker
    }

    @Test func `A ticker that was never or once ticked has statistics of zero`() {
        var ticker = Ticker()
        #expect(ticker.description == "<Ticker>")
        ticker.tick(at: .milliseconds(5))
        #expect(ticker.count == 0)
        #expect(ticker.intervals == [])
        #expect(ticker.sum == .zero)
        #expect(ticker.frequency == 0)
        #expect(ticker.maxIntervals == 10)
    }

    @Test func `Statistics are exact to the nanosecond`() throws {
        var ticker = Ticker()
        for nanoseconds in [100, 103, 110, 111] as [UInt64] {
            ticker.tick(at: MonotonicInstant(nanoseconds: nanoseconds))
        }
        #expect(ticker.intervals == [.nanoseconds(3), .nanoseconds(7), .nanoseconds(1)])
        #expect(ticker.min == .nanoseconds(1))
        #expect(ticker.max == .nanoseconds(7))
        #expect(ticker.sum == .nanoseconds(11))
        #expect(ticker.mean == .nanoseconds(3))
        #expect(ticker.count == 3)
    }

    @Test func `Frames at thirty a second have that frequency`() throws {
        var ticker = Ticker(maxIntervals: 100)
        for frame in 0...30 as ClosedRange<UInt64> {
            ticker.tick(at: MonotonicInstant(nanoseconds: frame * 1_000_000_000 / 30))
        }
        #expect(ticker.frequency == 30)
    }

    @Test func `The last intervals are kept, the oldest first, and the statistics are of them`() throws {
        let ticker = try ticker(3, microseconds: [0, 100, 101, 103, 106, 110])
        #expect(ticker.intervals == [.microseconds(2), .microseconds(3), .microseconds(4)])
        #expect(ticker.max == .microseconds(4))
        #expect(ticker.count == 3)
    }

    @Test func `The description is the ancestor's`() throws {
        let ticker = try ticker(5, microseconds: [0, 7, 89_907, 153_107, 207_407, 278_707, 346_807])
        #expect(
            ticker.description
                == "<Ticker intervals=[0.0899, 0.0632, 0.0543, 0.0713, 0.0681] min=0.0543 mean=0.0694 max=0.0899>")
    }

    @Test func `A description has at most five intervals`() throws {
        let ticker = try ticker(10, microseconds: Array(stride(from: 0, through: 6_000_000, by: 1_000_000)))
        #expect(
            ticker.description
                == "<Ticker intervals=[1.0000, 1.0000, 1.0000, 1.0000, 1.0000, ...] min=1.0000 mean=1.0000 max=1.0000>")
    }

    @Test func `Instants that run backwards are counted and do not make an interval`() throws {
        let ticker = try ticker(10, microseconds: [50, 60, 20, 30, .max / 1000, 0])
        #expect(ticker.intervals.prefix(2) == [.microseconds(10), .microseconds(10)])
        #expect(ticker.count == 3)
        #expect(ticker.backwardsCount == 2)
        #expect(ticker.sum == .nanoseconds(Int64.max))
    }

    @Test func `A reset removes intervals and the last tick`() throws {
        var ticker = try ticker(10, microseconds: [5, 6, 1])
        ticker.reset()
        ticker.tick(at: .milliseconds(1))
        #expect(ticker.count == 0)
        #expect(ticker.backwardsCount == 0)
    }

    @Test func `Copies are independent`() throws {
        let original = try ticker(10, microseconds: [0, 1])
        var copy = original
        copy.tick(at: .milliseconds(1))
        #expect(original.count == 1)
        #expect(copy.count == 2)
    }

    @Test(arguments: [0, -1, .min])
    func `At least one interval is kept`(number: Int) {
        #expect(Ticker(maxIntervals: number).maxIntervals == 1)
    }

    @Test func `A mean stays correct if the sum exceeds the range`() {
        var ticker = Ticker()
        // Every second instant is earlier, and makes no interval.
        for _ in 0..<6 { for instant in [0, UInt64.max] { ticker.tick(at: MonotonicInstant(nanoseconds: instant)) } }
        #expect(ticker.count == 6)
        #expect(ticker.sum == .nanoseconds(Int64.max))
        #expect(ticker.mean == .nanoseconds(Int64.max))
        #expect(abs(ticker.frequency - 1e9 / Double(UInt64.max)) < 1e-20)
    }
}
