import Glibc
import Testing

@testable import TimepieceTool

@Suite struct ComparisonTests {
    /// A recording of windows of ten intervals, of which each has such a mean, in milliseconds.
    private func recording(_ windows: [Double]) throws -> RecordingSummary {
        var made = MadeRecording()
        for window in windows { made.tick("cam", [Double](repeating: window, count: 10)) }
        made.end()
        return try made.summary
    }

    private func verdicts(_ before: [Double], _ after: [Double]) throws -> [String: Comparison.Line] {
        let comparison = Comparison(try recording(before), try recording(after))
        return Dictionary(uniqueKeysWithValues: comparison.lines.map { ($0.metric, $0) })
    }

    /// Windows that resemble their neighbors by `correlation`, with the standard deviation `noise` as a part of 10 ms.
    static func windows(
        _ count: Int, noise: Double, correlation: Double = 0, times: Double = 1, _ numbers: inout SeededNumbers
    ) -> [Double] {
        var state = numbers.normal()
        return (0..<count).map { _ in
            defer { state = correlation * state + (1 - correlation * correlation).squareRoot() * numbers.normal() }
            return 10 * times * exp(noise * state)
        }
    }

    @Test func `an element that takes twice as long for a buffer is slower, and one that hardly works is left out`()
        throws
    {
        func recording(_ work: Double) throws -> RecordingSummary {
            var made = MadeRecording()
            for _ in 0..<12 {
                made.element("slow", work: work)
                made.element("idle", work: 0.01)
            }
            made.end()
            return try made.summary
        }
        let comparison = Comparison(try recording(5), try recording(10))
        #expect(Set(comparison.lines.map(\.label)) == ["element slow"])
        let line = try #require(comparison.lines.first { $0.metric == "p50 work" })
        #expect(line.verdict == .slower)
        #expect(abs(line.leastSlowdown - 2) < 0.03)
    }

    @Test func `an exact doubling after a start that took longer is slower`() throws {
        let before = [41.0, 12] + [Double](repeating: 5, count: 14)
        let lines = try verdicts(before, before.map { $0 * 2 })
        for metric in ["rate", "p50", "p90", "p99", "longest"] {
            let line = try #require(lines[metric])
            #expect(line.verdict == .slower, "\(metric)")
            #expect(abs(line.leastSlowdown - 2) < 0.03)
        }
        #expect(try verdicts(before.map { $0 * 2 }, before)["p50"]?.verdict == .faster)
    }

    @Test func `an element that works twice as long is found without a watch, and one that hardly works is left out`()
        throws
    {
        func recording(_ seed: UInt64, _ work: Double) throws -> RecordingSummary {
            var numbers = SeededNumbers(seed)
            var recording = MadeRecording()
            for _ in 0..<12 {
                recording.pipeline(
                    [
                        ("bin0/identity0", work * (1 + 0.01 * numbers.normal())),
                        ("bin0/small0", 0.1 * work * (1 + 0.01 * numbers.normal())),
                    ], buffers: 30, length: 1000)
            }
            recording.end()
            return try recording.summary
        }
        let comparison = Comparison(try recording(1, 5), try recording(2, 10))
        #expect(comparison.lines.map(\.label) == ["element identity0"])
        #expect(comparison.conclusion.hasPrefix("Slower: element identity0 p50 work × 2.0"))
        #expect(Comparison(try recording(3, 5), try recording(4, 5)).conclusion.hasPrefix("The same"))
    }

    @Test func `of two equivalent metrics the conclusion names the more precise one`() throws {
        func recording(_ seed: UInt64, _ lap: Double) throws -> RecordingSummary {
            var numbers = SeededNumbers(seed)
            var recording = MadeRecording()
            for _ in 0..<12 {
                // One lap in ten takes anything, so the mean wanders and the median does not.
                let laps = (0..<30).map { $0 % 10 == 0 ? lap * (1 + 3 * abs(numbers.normal())) : lap }
                recording.watch("w", laps, length: 1000)
            }
            recording.end()
            return try recording.summary
        }
        let comparison = Comparison(try recording(1, 5), try recording(2, 10))
        #expect(comparison.conclusion.hasPrefix("Slower: watch w p50 × 2.00 (1.9"))
    }

    @Test func `three times the noise of a real machine is slower`() throws {
        var numbers = SeededNumbers(7)
        let before = [80.0] + Self.windows(20, noise: 0.08, correlation: 0.3, &numbers)
        let line = try #require(try verdicts(before, before.map { $0 * 3 })["p50"])
        #expect(line.verdict == .slower)
        #expect(line.estimate.low < 3 && line.estimate.high > 3)
    }

    @Test func `a recording is the same as itself`() throws {
        var numbers = SeededNumbers(8)
        let windows = Self.windows(20, noise: 0.3, &numbers)
        #expect(try verdicts(windows, windows).values.allSatisfy { $0.verdict == .same })
    }

    @Test func `a recording is the same as itself where an element has too few whole windows beside a stream`() throws {
        var made = MadeRecording()
        for _ in 0..<12 { made.tick("cam", [Double](repeating: 33, count: 10)) }
        // Five windows, the last of a third of a second: four that count.
        for length in [1000.0, 1000, 1000, 1000, 300] {
            made.pipeline([("identity0", 10)], buffers: Int(length / 30), length: length)
        }
        made.end()
        let comparison = Comparison(try made.summary, try made.summary)
        #expect(comparison.lines.allSatisfy { $0.label == "cam" })
        #expect(comparison.conclusion.hasPrefix("The same"))
    }

    @Test func `two windows are undecided, and it says how long to record`() throws {
        let before = try recording([10, 10.1])
        let comparison = Comparison(before, try recording([12, 12.1]))
        let measured = comparison.lines.filter { $0.unit != .perMinute }
        #expect(measured.allSatisfy { $0.verdict == .undecided })
        #expect(measured.allSatisfy { $0.needed.map { $0 >= .seconds(30) } == true })
        #expect(comparison.conclusion.hasPrefix("Undecided"))
        #expect(comparison.conclusion.contains("record 30 s"))
        #expect(!comparison.isSlower)
    }

    /// Pairs of the same, on a machine that is busy for some windows and idle for some: at most 5 in 100 wrong.
    @Test(arguments: [(10, 0.3), (30, 0.0), (30, 0.6), (60, 0.8)])
    func `of pairs of the same at most 5 in 100 differ`(count: Int, correlation: Double) throws {
        var numbers = SeededNumbers(UInt64(count) + UInt64(correlation * 100))
        var wrong = 0
        let pairs = 300
        for _ in 0..<pairs {
            let before = Self.windows(count, noise: 0.1, correlation: correlation, &numbers).map { log($0) }
            let after = Self.windows(count, noise: 0.1, correlation: correlation, &numbers).map { log($0) }
            // As of a stream with five measured metrics.
            let estimate = RatioEstimate.windows(
                before.map { exp($0) }, after.map { exp($0) }, chance: Comparison.chance / 5,
                resolution: Comparison.resolution)
            if estimate.low > 1 || estimate.high < 1 { wrong += 1 }
        }
        #expect(wrong <= pairs / 20, "\(wrong) of \(pairs)")
    }

    @Test(arguments: [(12, 0.02, 0.0), (30, 0.1, 0.0), (30, 0.2, 0.3), (60, 0.1, 0.6)])
    func `the interval contains the true ratio in 95 of 100`(count: Int, noise: Double, correlation: Double) throws {
        var numbers = SeededNumbers(UInt64(count * 31) + UInt64(correlation * 100))
        var held = 0
        let pairs = 400
        for pair in 0..<pairs {
            let ratio = [0.5, 1, 1.05, 3][pair % 4]
            let before = Self.windows(count, noise: noise, correlation: correlation, &numbers)
            let after = Self.windows(count, noise: noise, correlation: correlation, times: ratio, &numbers)
            let estimate = RatioEstimate.windows(before, after, chance: 0.05, resolution: Comparison.resolution)
            if estimate.low <= ratio, estimate.high >= ratio { held += 1 }
        }
        // The error of 400 pairs allows for 93.
        #expect(held >= pairs * 93 / 100, "\(held) of \(pairs)")
    }

    @Test func `five percent on a quiet stream are found, in 95 of 100`() throws {
        var numbers = SeededNumbers(5)
        var found = 0
        for _ in 0..<100 {
            let before = Self.windows(30, noise: 0.01, &numbers)
            let after = Self.windows(30, noise: 0.01, times: 1.05, &numbers)
            let line = try #require(try verdicts(before, after)["p50"])
            if line.verdict == .slower { found += 1 }
        }
        #expect(found >= 95, "\(found)")
    }

    /// What the tracer saw of five elements, each at work for 10 ms a buffer.
    private func traced(
        _ count: Int, noise: Double, correlation: Double = 0, times: Double = 1, _ numbers: inout SeededNumbers
    ) throws -> RecordingSummary {
        let works = (0..<5).map { _ in
            Self.windows(count, noise: noise, correlation: correlation, times: times, &numbers)
        }
        var made = MadeRecording()
        for window in 0..<count {
            made.pipeline(
                works.indices.map { ("bin0/element\($0)", works[$0][window]) }, buffers: 20, length: 1000)
        }
        made.end()
        return try made.summary
    }

    @Test(arguments: [(12, 0.0), (30, 0.3), (60, 0.6)])
    func `of pairs of recordings of the same elements at most 5 in 100 differ`(count: Int, correlation: Double) throws {
        var numbers = SeededNumbers(UInt64(count) + 77)
        var wrong = 0
        for _ in 0..<100 {
            let before = try traced(count, noise: 0.1, correlation: correlation, &numbers)
            let lines = Comparison(before, try traced(count, noise: 0.1, correlation: correlation, &numbers)).lines
            #expect(lines.count == 5)
            if lines.contains(where: { $0.verdict == .slower || $0.verdict == .faster }) { wrong += 1 }
        }
        #expect(wrong <= 5, "\(wrong)")
    }

    @Test func `five percent of an element's work are found where it is quiet, and not in two windows`() throws {
        var numbers = SeededNumbers(78)
        var found = 0
        for _ in 0..<100 {
            let before = try traced(30, noise: 0.01, &numbers)
            let lines = Comparison(before, try traced(30, noise: 0.01, times: 1.05, &numbers)).lines
            if lines.allSatisfy({ $0.verdict == .slower }) { found += 1 }
        }
        #expect(found >= 95, "\(found)")
        let before = try traced(2, noise: 0.01, &numbers)
        let two = Comparison(before, try traced(2, noise: 0.01, times: 1.05, &numbers))
        #expect(two.lines.allSatisfy { $0.verdict == .undecided })
        #expect(!two.isSlower)
    }

    @Test func `many streams make none slower by luck`() throws {
        var numbers = SeededNumbers(40)
        var wrong = 0
        for _ in 0..<20 {
            var made = (MadeRecording(), MadeRecording())
            for _ in 0..<15 {
                for stream in 0..<20 {
                    made.0.tick("cam\(stream)", Self.windows(10, noise: 0.1, &numbers))
                    made.1.tick("cam\(stream)", Self.windows(10, noise: 0.1, &numbers))
                }
            }
            made.0.end()
            made.1.end()
            if Comparison(try made.0.summary, try made.1.summary).isSlower { wrong += 1 }
        }
        #expect(wrong <= 2)
    }

    @Test func `more freezes are slower, one alone is undecided`() throws {
        func recording(_ freezes: Int) throws -> RecordingSummary {
            var made = MadeRecording()
            for window in 0..<60 {
                made.tick("cam", Array(repeating: 33, count: 29) + [window < 2 * freezes && window % 2 == 0 ? 400 : 33])
            }
            made.end()
            return try made.summary
        }
        func verdict(_ before: Int, _ after: Int) throws -> Comparison.Verdict? {
            Comparison(try recording(before), try recording(after)).lines.first { $0.metric == "freezes" }?.verdict
        }
        #expect(try verdict(0, 0) == .same)
        #expect(try verdict(0, 1) == .undecided)
        #expect(try verdict(0, 20) == .slower)
        #expect(try verdict(20, 0) == .faster)
        // Of a recording and its copy nothing is uncertain.
        #expect(try verdict(1, 1) == .same)
        #expect(Comparison(try recording(1), try recording(1)).conclusion.hasPrefix("The same"))
    }

    @Test func `a bitrate is higher or lower, which is not slower`() throws {
        var before = MadeRecording()
        var after = MadeRecording()
        for _ in 0..<12 {
            before.tick("cam", Array(repeating: 20, count: 50), extra: [("num-bytes", "1")])
            after.tick("cam", Array(repeating: 20, count: 50))
        }
        before.end()
        after.end()
        let half = try RecordingSummary(
            text: before.text.replacing("\"bitrate\":400000.0", with: "\"bitrate\":200000.0"), name: "half")
        let comparison = Comparison(half, try after.summary)
        #expect(comparison.lines.first { $0.metric == "bitrate" }?.verdict == .higher)
        #expect(!comparison.isSlower)
    }

    @Test func `only what is slower by more than the given ratio fails`() throws {
        var numbers = SeededNumbers(3)
        let before = Self.windows(30, noise: 0.01, &numbers)
        let comparison = Comparison(try recording(before), try recording(before.map { $0 * 1.2 }))
        #expect(comparison.isSlower(than: 1))
        #expect(comparison.isSlower(than: 1.1))
        #expect(!comparison.isSlower(than: 1.3))
    }

    @Test func `runs are observations: five of each decide, two do not`() throws {
        let fast = try [10, 10.1, 9.9, 10, 10.2].map { try recording([Double](repeating: $0, count: 10)) }
        let slow = try [12, 12.2, 11.9, 12, 12.1].map { try recording([Double](repeating: $0, count: 10)) }
        let comparison = Comparison(before: fast, after: slow)
        #expect(comparison.lines.first { $0.metric == "p50" }?.verdict == .slower)
        let few = Comparison(before: Array(fast.prefix(2)), after: Array(slow.prefix(2)))
        #expect(few.lines.first { $0.metric == "p50" }?.verdict == .undecided)
    }

    @Test func `Student's quantiles are those of the tables`() {
        #expect(abs(StudentT.quantile(0.05, degrees: 7) - 2.3646) < 1e-4)
        #expect(abs(StudentT.quantile(0.01, degrees: 4) - 4.6041) < 1e-4)
        #expect(abs(StudentT.quantile(0.05, degrees: 1e6) - 1.95996) < 1e-4)
        // Clopper and Pearson of 3 in 10: 0.0667 to 0.6525.
        #expect(abs(IncompleteBeta.inverse(0.025, 3, 8) - 0.0667) < 1e-4)
        #expect(abs(IncompleteBeta.inverse(0.975, 4, 7) - 0.6525) < 1e-4)
    }

    @Test func `Markdown keeps hostile labels as text`() throws {
        var made = MadeRecording()
        for _ in 0..<8 { made.tick("<img src=x>|`a`\u{1B}[31m", [10, 11]) }
        made.end()
        let text = ComparisonText.markdown(Comparison(try made.summary, try made.summary))
        #expect(!text.contains("| <img") && text.contains("\\<img"))
        #expect(!text.contains("\u{1B}"))
        #expect(text.hasPrefix("**The same"))
    }
}
