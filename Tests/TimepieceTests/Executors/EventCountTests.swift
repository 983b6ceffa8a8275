import Testing

@testable import Timepiece

struct EventCountTests {
    @Test func `An event after the count was read ends the wait immediately`() {
        let events = EventCount()
        let seen = events.value
        events.advance()
        events.wait(after: seen)
        #expect(events.value == seen + 1)
    }

    @Test func `Without an event the wait ends at its instant, and not before`() {
        let events = EventCount()
        let end = MonotonicInstant.now().advanced(by: .milliseconds(30))
        events.wait(after: events.value, until: end)
        #expect(MonotonicInstant.now() >= end)
        events.wait(after: events.value, until: MonotonicInstant(nanoseconds: 0))
    }

    @Test func `One event wakes every thread that waits`() throws {
        let events = EventCount()
        let seen = events.value
        let workers = try (0..<4).map { _ in try SerialWorker() }
        for worker in workers { worker.execute { events.wait(after: seen) } }
        events.advance()
        for worker in workers { worker.shutdown() }
    }
}
