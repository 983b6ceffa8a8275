import Testing

@testable import Timepiece

@Suite("A window of arrivals")
struct ArrivalWindowTests {
    private var window = ArrivalWindow(after: 0)

    @Test mutating func `counts each stamp once`() {
        #expect(window.arrive(1) == 0)
        let counted = (window.count(1), window.count(1))
        #expect(counted == (true, false))
    }

    @Test mutating func `loses what has not come when the window has gone past it`() {
        #expect(window.arrive(2) == 0)
        #expect(window.arrive(ArrivalWindow.span) == 0)
        #expect(window.arrive(ArrivalWindow.span + 1) == 1)
    }

    @Test mutating func `waits for one that is overtaken`() {
        #expect(window.arrive(2) == 0)
        #expect(window.arrive(1) == 0)
        let counted = window.count(1)
        #expect(counted)
        #expect(window.settle(upTo: 2) == 0)
    }

    @Test mutating func `knows how many are lost in a leap over all of it`() {
        #expect(window.arrive(1) == 0)
        // 2 … 10,000 less the window, and nothing of it is waited for twice.
        let lost = window.arrive(10_000)
        #expect(lost == 10_000 - ArrivalWindow.span - 1)
        #expect(lost + window.settle(upTo: 10_000) == 9_998)
    }

    @Test mutating func `gives up at the end what is missing, once`() {
        #expect(window.arrive(1) == 0)
        #expect(window.arrive(3) == 0)
        #expect(window.settle(upTo: 5) == 3)
        #expect(window.settle(upTo: 5) == 0)
    }

    @Test mutating func `does not count what comes too late to tell whether it came before`() {
        _ = window.arrive(1000)
        #expect(window.arrive(1000 - ArrivalWindow.span) == 0)
        let counted = window.count(1000 - ArrivalWindow.span)
        #expect(!counted)
    }

    @Test mutating func `does not wait for what was before it`() {
        window = ArrivalWindow(after: 100)
        #expect(window.arrive(102) == 0)
        #expect(window.settle(upTo: 102) == 1)
    }
}
