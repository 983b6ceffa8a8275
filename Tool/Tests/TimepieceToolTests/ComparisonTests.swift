import Testing

@testable import TimepieceTool

@Suite struct ComparisonTests {
    @Test func `equal samples differ by chance only`() throws {
        let sample = (0..<20).map { Double($0) }
        #expect(try #require(RankTest.probability(sample, sample)) == 1)
    }

    @Test(arguments: [(5, 252.0), (10, 184_756.0)])
    func `samples without overlap are the rarest two of all divisions`(size: Int, divisions: Double) throws {
        let low = (0..<size).map { Double($0) }
        let probability = try #require(RankTest.probability(low, low.map { $0 + 100 }))
        #expect(abs(probability - 2 / divisions) < 1e-12)
    }

    @Test func `it agrees with a table of the test`() throws {
        // U = 7 of 5 against 8: 84 of the 1287 divisions are as far from the middle; tables have 0.065.
        let left = [1.0, 2, 3, 7, 9]
        let right = [4.0, 5, 6, 8, 10, 11, 12, 13]
        let probability = try #require(RankTest.probability(left, right))
        #expect(abs(probability - 84.0 / 1287) < 1e-9)
    }

    @Test func `for many values the normal approximation takes over without a step`() throws {
        func pair(_ size: Int) -> ([Double], [Double]) {
            ((0..<size).map { Double($0) }, (0..<size).map { Double($0) + Double(size) * 0.3 + 0.5 })
        }
        let (left, right) = pair(RankTest.mostExact / 2)
        let (longLeft, longRight) = pair(RankTest.mostExact / 2 + 1)
        let exact = try #require(RankTest.probability(left, right))
        let normal = try #require(RankTest.probability(longLeft, longRight))
        #expect(abs(exact - normal) < 0.004)
    }

    @Test func `all values the same is no difference`() {
        #expect(RankTest.probability([1, 1, 1, 1, 1], [1, 1, 1, 1, 1]) == 1)
    }

    @Test func `less than five windows tell nothing`() {
        #expect(RankTest.probability([1, 2, 3, 4], [5, 6, 7, 8, 9]) == nil)
    }

    @Test func `windows that are independent keep what the test says`() {
        let values = (0..<40).map { Double($0 * 17 % 41) }
        #expect(SerialCorrelation.of(values, values.reversed()) < 0.05)
        #expect(abs(SerialCorrelation.widened(0.004, 0) - 0.004) < 1e-9)
    }

    @Test func `windows that resemble their neighbors are worth fewer`() {
        // 1.96 standard deviations at a correlation of 0.6 are 0.98 of them.
        #expect(abs(SerialCorrelation.widened(0.05, 0.6) - 0.3271) < 0.0005)
        #expect(SerialCorrelation.of((0..<40).map { $0 < 20 ? 10 : 20 }, (0..<40).map { $0 < 20 ? 10 : 20 }) > 0.9)
        #expect(SerialCorrelation.widened(1, 0.9) == 1)
        #expect(SerialCorrelation.widened(0, 0.9) == 0)
    }

    @Test func `the slow spells of a machine are no slower program`() throws {
        // The same program, busy neighbors in the second half of one run: 20 of 40 windows differ, which window by window
        // would be called real.
        let before = (0..<40).map { 10 + Double($0 * 17 % 41) / 100 }
        let after = before.indices.map { before[$0] + ($0 < 20 ? 0 : 5) }
        let probability = try #require(RankTest.probability(before, after))
        #expect(probability < 0.01)
        #expect(SerialCorrelation.widened(probability, SerialCorrelation.of(before, after)) > 0.01)
    }

    @Test func `of many lines one that is lucky is not called real`() {
        #expect(Comparison.largestReal([0.005] + Array(repeating: 0.5, count: 39)) < 0)
        #expect(Comparison.largestReal([0.0001] + Array(repeating: 0.5, count: 39)) == 0.0001)
        #expect(Comparison.largestReal([0.008, 0.008, 0.008, 0.008]) == 0.008)
        #expect(Comparison.largestReal([]) < 0)
    }
}
