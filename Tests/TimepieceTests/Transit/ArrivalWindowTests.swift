import Testing

@testable import Timepiece

@Suite("A window of arrivals")
struct ArrivalWindowTests {
    private var window = ArrivalWindow(after: 0)

    @Test("counts each stamp once")
    mutating func once() {
        #expect(window.arrive(1) == 0)
        let counted = (window.count(1), window.count(1))
        #expect(counted == (true, false))
    }

    @Test("loses what has not come when the window has gone past it")
    mutating func lost() {
        #expect(window.arrive(2) == 0)
        #expect(window.arrive(ArrivalWindow.span) == 0)
        #expect(window.arrive(ArrivalWindow.span + 1) == 1)
    }

    @Test("waits for one that is overtaken")
    mutating func overtaken() {
        #expect(window.arrive(2) == 0)
        #expect(window.arrive(1) == 0)
        let counted = window.count(1)
        #expect(counted)
        #expect(window.settle(upTo: 2) == 0)
    }

    @Test("knows how many are lost in a leap over all of it")
    mutating func leap() {
        #expect(window.arrive(1) == 0)
        // 2 … 10,000 less the window, and nothing of it is waited for twice.
        let lost = window.arrive(10_000)
        #expect(lost == 10_000 - ArrivalWindow.span - 1)
        #expect(lost + window.settle(upTo: 10_000) == 9_998)
    }

    @Test("gives up at the end what is missing, once")
    mutating func settled() {
        #expect(window.arrive(1) == 0)
        #expect(window.arrive(3) == 0)
        #expect(window.settle(upTo: 5) == 3)
        #expect(window.settle(upTo: 5) == 0)
    }

    @Test("does not count what comes too late to tell whether it came before")
    mutating func late() {
        _ = window.arrive(1000)
        #expect(window.arrive(1000 - ArrivalWindow.span) == 0)
        let counted = window.count(1000 - ArrivalWindow.span)
        #expect(!counted)
    }

    @Test("does not wait for what was before it")
    mutating func baseline() {
        window = ArrivalWindow(after: 100)
        #expect(window.arrive(102) == 0)
        #expect(window.settle(upTo: 102) == 1)
    }
}
