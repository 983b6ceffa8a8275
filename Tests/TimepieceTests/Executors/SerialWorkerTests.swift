import Glibc
import Synchronization
import Testing
import Timepiece

@Suite struct SerialWorkerTests {
    /// Numbers that closures leave behind.
    private final class Trace: Sendable {
        private let numbers = Mutex<[Int]>([])
        var all: [Int] { numbers.withLock { $0 } }
        func add(_ number: Int) { numbers.withLock { $0.append(number) } }
    }

    @Test func `Closures run in the order of arrival, all before the shutdown returns`() throws {
        let worker = try SerialWorker()
        let trace = Trace()
        for number in 0..<1000 { worker.execute { trace.add(number) } }
        worker.shutdown()
        #expect(trace.all == Array(0..<1000))
    }

    @Test func `After the shutdown no closure is accepted, and a second shutdown is harmless`() throws {
        let worker = try SerialWorker()
        let trace = Trace()
        worker.shutdown()
        worker.shutdown()
        #expect(!worker.execute { trace.add(1) })
        #expect(trace.all == [])
    }

    @Test func `A worker that is released finishes its queue`() throws {
        let trace = Trace()
        do {
            let worker = try SerialWorker()
            for number in 0..<100 { worker.execute { trace.add(number) } }
        }
        #expect(trace.all.count == 100)
    }

    @Test func `A worker can be shut down from its own thread, and its queue still runs`() throws {
        let worker = try SerialWorker()
        let trace = Trace()
        worker.execute { [weak worker] in
            worker?.execute { trace.add(2) }
            worker?.shutdown()
            trace.add(1)
            trace.add(worker?.execute { trace.add(4) } == true ? -3 : 3)
        }
        worker.shutdown()
        #expect(trace.all.first == 1)
        #expect(trace.all.contains(3))
        #expect(!trace.all.contains(4))
    }

    @Test func `A worker that only its own queue references runs that queue and ends`() throws {
        let trace = Trace()
        weak var gone: SerialWorker?
        do {
            let worker = try SerialWorker()
            gone = worker
            worker.execute { [worker] in trace.add(worker.execute { trace.add(2) } ? 1 : 0) }
        }
        while gone != nil || trace.all.count < 2 { sched_yield() }
        #expect(trace.all == [1, 2])
    }

    @Test func `A hundred workers come and go`() throws {
        let trace = Trace()
        for number in 0..<100 {
            let worker = try SerialWorker()
            worker.execute { trace.add(number) }
            worker.shutdown()
        }
        #expect(trace.all == Array(0..<100))
    }

    @Test func `The inline executor runs a closure before it returns`() {
        let trace = Trace()
        #expect(InlineExecutor().execute { trace.add(1) })
        #expect(trace.all == [1])
    }
}
