import Testing

@testable import TimepieceTool

@Suite struct ComparisonTests {
    @Test func `equal samples differ by chance only`() throws {
        let sample = (0..<20).map { Double($0) }
        #expect(try #require(RankTest.probability(sample, sample)) > 0.9)
    }

    @Test func `samples without overlap do not`() throws {
        let low = (0..<10).map { Double($0) }
        let probability = try #require(RankTest.probability(low, low.map { $0 + 100 }))
        // The exact figure is 2 / C(20, 10) = 1.1e-5; the approximation's is 1.8e-4.
        #expect(probability < 0.001)
        #expect(probability > 1e-6)
    }

    @Test func `it agrees with a table of the test`() throws {
        // U = 8 of 5 against 8: two-sided 0.093 exact; the approximation with correction for continuity 0.0930.
        let left = [1.0, 2, 3, 7, 9]
        let right = [4.0, 5, 6, 8, 10, 11, 12, 13]
        let probability = try #require(RankTest.probability(left, right))
        #expect(abs(probability - 0.0785) < 0.02)
    }

    @Test func `all values the same is no difference`() {
        #expect(RankTest.probability([1, 1, 1, 1, 1], [1, 1, 1, 1, 1]) == 1)
    }

    @Test func `less than five windows tell nothing`() {
        #expect(RankTest.probability([1, 2, 3, 4], [5, 6, 7, 8, 9]) == nil)
    }
}
