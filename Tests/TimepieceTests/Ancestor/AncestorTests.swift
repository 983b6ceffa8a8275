import Foundation
import Synchronization
import Testing
import Timepiece

/// Compares with the results of the original, Python's `backpack.timepiece`, for the same ticks: `facts.tsv`, written
/// by `oracle.py`.
///
/// A line has a kind, the input and the output. Times are in nanoseconds.
@Suite("Like the ancestor,")
struct AncestorTests {
    struct Fact: Sendable, CustomTestStringConvertible {
        let number: Int
        let kind: String
        let given: String
        let found: String
        var testDescription: String { "line \(number)" }
    }

    static let facts: [Fact] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "facts.tsv")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").enumerated().map { index, line in
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            return Fact(number: index + 1, kind: parts[0], given: parts[1], found: parts[2])
        }
    }()

    static func facts(_ kind: String) -> [Fact] { facts.filter { $0.kind == kind } }

    @Test func `all facts are here`() {
        #expect(Self.facts.count == 114)
    }

    @Test(arguments: facts("ticker"))
    func `a ticker keeps, computes and prints`(fact: Fact) throws {
        let given = Given(fact)
        var ticker = Ticker(maxIntervals: Int(given.number))
        for instant in given.instants { ticker.tick(at: instant) }
        let seconds = [ticker.min, ticker.max, ticker.mean, ticker.sum]
        let found = fact.found.split(separator: " ")
        #expect("\(ticker)" == found.dropLast(6).joined(separator: " "))
        #expect(ticker.count == Int(found[found.count - 6]))
        for (own, theirs) in zip(seconds, found.dropLast().suffix(4)) {
            #expect(abs(own / .seconds(1) - (try #require(Double(theirs)))) < 0.000_000_6)
        }
        let frequency = try #require(Double(found[found.count - 1]))
        #expect(abs(ticker.frequency - frequency) <= 0.000_06)
    }

    @Test(arguments: facts("stopwatch"))
    func `stopwatches nest and print`(fact: Fact) {
        let root = StopWatch("root", maxIntervals: 4)
        var now: Int64 = 0
        var path: [(watch: StopWatch, start: Int64)] = [(root, 0)]
        for step in fact.given.split(separator: " ") {
            if step == "<" {
                let (watch, start) = path.removeLast()
                watch.record(.nanoseconds(now - start))
            } else {
                let parts = step.split(separator: ">")
                path.append((path[path.count - 1].watch.child(String(parts[0])), now))
                now += Int64(parts[1]) ?? 0
            }
        }
        root.record(.nanoseconds(now))
        #expect(root.description.replacing("\n", with: "\\n") == fact.found)
    }

    @Test(arguments: facts("interval"))
    func `an interval schedule fires`(fact: Fact) {
        let given = Given(fact)
        let schedule = IntervalSchedule(every: .nanoseconds(given.number))
        #expect(given.indices(where: { schedule.tick(at: $0) != nil }) == fact.found)
    }

    @Test(arguments: facts("ordinal"))
    func `an ordinal schedule fires`(fact: Fact) {
        let schedule = OrdinalSchedule(each: Int(Given(fact).number))
        let fired = (0..<25).filter { _ in schedule.tick() != nil }
        #expect(fired.map(String.init).joined(separator: ",") == fact.found)
    }

    @Test(arguments: facts("at"))
    func `an AtSchedule fires`(fact: Fact) {
        let given = Given(fact)
        let schedule = AtSchedule(at: WallTime(nanoseconds: given.number), wallClock: Given.clocks)
        #expect(given.indices(where: { schedule.tick(at: $0) != nil }) == fact.found)
    }

    @Test(arguments: facts("alarmclock"))
    func `an alarm clock drops what has fired for the last time`(fact: Fact) throws {
        let clock = try AlarmClock(
            [100_000, 2_000_000, 30_000_000].map { AtSchedule(at: WallTime(nanoseconds: $0)) }
                + [OrdinalSchedule(each: 3)],
            wallClock: Given.clocks)
        let left = Given.instants(fact.given).map { instant in
            clock.tick(at: instant)
            return clock.count
        }
        #expect(left.map(String.init).joined(separator: ",") == fact.found)
    }

    @Test(arguments: facts("tachometer"))
    func `a tachometer reports`(fact: Fact) throws {
        let given = Given(fact)
        let closed = Mutex<[Statistics]>([])
        let tachometer = Tachometer(interval: .nanoseconds(given.number)) { _, window in
            closed.withLock { $0.append(window.statistics) }
        }
        for instant in given.instants { tachometer.tick(at: instant) }
        let reports = fact.found.split(separator: ";").map { $0.split(separator: " ") }
        let windows = closed.withLock { $0 }
        #expect(windows.map(\.count) == reports.map { UInt64($0[0]) ?? .max })
        for (statistics, figures) in zip(windows, reports) {
            let own = [statistics.min, statistics.max, statistics.mean, statistics.sum]
            for (duration, text) in zip(own, figures[1...4]) {
                #expect(abs(duration / .seconds(1) - (try #require(Double(text)))) < 0.000_000_6)
            }
            #expect(abs(statistics.rate - (try #require(Double(figures[5])))) <= 0.000_06)
        }
    }
}

/// The input of a fact: a number, followed by instants.
private struct Given {
    let number: Int64
    let instants: [MonotonicInstant]

    init(_ fact: AncestorTests.Fact) {
        let parts = fact.given.split(separator: " ", omittingEmptySubsequences: false)
        number = Int64(parts[0]) ?? 0
        instants = Self.instants(parts.count > 1 ? String(parts[1]) : "")
    }

    static func instants(_ text: String) -> [MonotonicInstant] {
        text.split(separator: ",").compactMap { UInt64($0).map(MonotonicInstant.init(nanoseconds:)) }
    }

    /// A wall clock that shows the same as the monotonic one.
    static let clocks: @Sendable () -> ClockReading = {
        ClockReading(monotonic: MonotonicInstant(nanoseconds: 0), wall: WallTime(nanoseconds: 0))
    }

    /// The places of the instants for which an answer is yes, as the facts list them.
    func indices(where answer: (MonotonicInstant) -> Bool) -> String {
        instants.enumerated().filter { answer($0.element) }.map { String($0.offset) }.joined(separator: ",")
    }
}
