import Synchronization
import Testing
import Timepiece

@Suite struct StopWatchTests {
    private struct Failure: Error {}

    @Test func `The tree prints as the ancestor's`() throws {
        let root = StopWatch("root")
        root.record(.microseconds(541_600))
        let task1 = root.child("task1", maxIntervals: 5)
        task1.record(.microseconds(250_500))
        for (name, microseconds) in [("1", 30_100), ("2", 70_100), ("3", 90_100), ("1", 50_100)] {
            task1.child("subtask1_\(name)").record(.microseconds(microseconds))
        }
        for microseconds in [27_500, 82_500, 33_400, 84_300, 63_300] {
            root.child("task2").record(.microseconds(microseconds))
        }
        #expect(
            root.description == """
                <StopWatch name=root intervals=[0.5416] min=0.5416 mean=0.5416 max=0.5416 children=[
                    <StopWatch name=task1 intervals=[0.2505] min=0.2505 mean=0.2505 max=0.2505 children=[
                        <StopWatch name=subtask1_1 intervals=[0.0301, 0.0501] min=0.0301 mean=0.0401 max=0.0501>,
                        <StopWatch name=subtask1_2 intervals=[0.0701] min=0.0701 mean=0.0701 max=0.0701>,
                        <StopWatch name=subtask1_3 intervals=[0.0901] min=0.0901 mean=0.0901 max=0.0901>
                    ]>,
                    <StopWatch name=task2 intervals=[0.0275, 0.0825, 0.0334, 0.0843, 0.0633] min=0.0275 mean=0.0582 max=0.0843>
                ]>
                """)
    }

    @Test func `A child is made once, inherits the number of kept intervals, and has its place`() throws {
        let root = StopWatch("root", maxIntervals: 3)
        let task = root.child("task1")
        let subtask = task.child("sub", maxIntervals: 7)
        #expect(root.child("task1", maxIntervals: 99) === task)
        #expect(task.maxIntervals == 3)
        #expect(subtask.maxIntervals == 7)
        #expect(subtask.fullName == "root.task1.sub")
        #expect(subtask.level == 2)
        #expect(subtask.parent === task)
        #expect(subtask.ancestors.map(\.name) == ["task1", "root"])
        #expect(root.ancestors.isEmpty)
        #expect(root.level == 0)
    }

    @Test func `Children are in the order in which they were made`() throws {
        let root = StopWatch("root")
        for name in ["z", "a", "m", "a"] { _ = root.child(name) }
        #expect(root.children.map(\.name) == ["z", "a", "m"])
    }

    @Test func `A child does not keep its parent alive, and keeps its full name`() throws {
        var root: StopWatch? = StopWatch("root")
        let child = try #require(root?.child("task"))
        weak let gone = root
        root = nil
        #expect(gone == nil)
        #expect(child.parent == nil)
        #expect(child.fullName == "root.task")
    }

    @Test(arguments: ["", ".", "a.b", "a."])
    func `Any name is accepted, also an empty or a dotted one`(name: String) {
        let root = StopWatch(name)
        let child = root.child(name)
        #expect(root.child(name) === child)
        #expect(child.fullName == "\(name).\(name)")
        #expect(root.description == "<StopWatch name=\(name) children=[\n    <StopWatch name=\(name)>\n]>")
    }

    @Test func `At least one interval is kept`() {
        let root = StopWatch("root", maxIntervals: 0)
        #expect(root.maxIntervals == 1)
        #expect(root.child("x", maxIntervals: .min).maxIntervals == 1)
        #expect(root.child("y", maxIntervals: .max).maxIntervals == .max)
    }

    @Test func `Measuring uses the given clock`() {
        let watch = StopWatch("root")
        let clock = ManualClock()
        watch.measure(clock: clock) { clock.advance(by: .milliseconds(7)) }
        let any: any Clock<Duration> = clock
        watch.measure(clock: any) { clock.advance(by: .milliseconds(2)) }
        #expect(watch.intervals == [.milliseconds(7), .milliseconds(2)])
    }

    @Test func `Measuring returns the closure's value`() throws {
        let watch = StopWatch("root")
        #expect(watch.measure { 42 } == 42)
        #expect(watch.intervals.count == 1)
    }

    @Test func `Measuring records also when the closure throws`() throws {
        let watch = StopWatch("root")
        #expect(throws: Failure.self) { try watch.measure { () throws(Failure) in throw Failure() } }
        #expect(watch.statistics.count == 1)
    }

    @Test func `Measuring waits for asynchronous work`() async throws {
        let watch = StopWatch("root")
        let value = await watch.measure {
            await Task.yield()
            return 7
        }
        #expect(value == 7)
        #expect(watch.statistics.count == 1)
        await #expect(throws: Failure.self) {
            try await watch.measure {
                await Task.yield()
                throw Failure()
            }
        }
        #expect(watch.statistics.count == 2)
    }

    @Test func `A lap takes the time between its two instants`() throws {
        let watch = StopWatch("root")
        let lap = watch.start(at: .milliseconds(10))
        #expect(lap.stop(at: .milliseconds(35)) == .milliseconds(25))
        #expect(watch.intervals == [.milliseconds(25)])
    }

    @Test func `A lap ends when it goes out of scope, and once`() throws {
        let watch = StopWatch("root")
        do {
            let lap = watch.start()
            _ = lap
        }
        #expect(watch.statistics.count == 1)
        watch.start().stop()
        #expect(watch.statistics.count == 2)
        watch.start().discard()
        #expect(watch.statistics.count == 2)
    }

    @Test func `A lap that ends before it started is counted as such only`() throws {
        let watch = StopWatch("root")
        watch.start(at: .milliseconds(10)).stop(at: .milliseconds(9))
        watch.record(.nanoseconds(-1))
        #expect(watch.backwardsCount == 2)
        #expect(watch.intervals.isEmpty)
        #expect(watch.statistics.count == 0)
    }

    @Test func `Statistics cover all intervals, not only those kept one by one`() throws {
        let watch = StopWatch("root", maxIntervals: 2)
        for milliseconds in [1, 2, 3, 4] { watch.record(.milliseconds(milliseconds)) }
        #expect(watch.intervals == [.milliseconds(3), .milliseconds(4)])
        #expect(watch.statistics.count == 4)
        #expect(watch.statistics.sum == .milliseconds(10))
    }

    @Test func `Taking statistics starts new ones and leaves the intervals`() throws {
        let watch = StopWatch("root")
        watch.record(.milliseconds(5))
        #expect(watch.takeStatistics().sum == .milliseconds(5))
        #expect(watch.statistics == Statistics())
        #expect(watch.intervals == [.milliseconds(5)])
        watch.reset()
        #expect(watch.intervals.isEmpty)
    }

    @Test func `Self time is the sum less the children's, and share the fraction of the parent's`() throws {
        let root = StopWatch("root")
        root.record(.milliseconds(100))
        let first = root.child("a")
        first.record(.milliseconds(30))
        first.record(.milliseconds(20))
        root.child("b").record(.milliseconds(25))
        #expect(root.selfTime == .milliseconds(25))
        #expect(first.share == 0.5)
        #expect(root.share == 1)
        root.child("b").record(.milliseconds(500))
        #expect(root.selfTime == .zero)
    }

    @Test func `A snapshot takes the whole tree and restarts it`() throws {
        let root = StopWatch("root")
        root.record(.milliseconds(8))
        root.child("a").child("b").record(.milliseconds(2))
        let snapshot = root.takeSnapshot()
        #expect(snapshot.children.first?.children.first?.fullName == "root.a.b")
        #expect(snapshot.children.first?.children.first?.share == 0)
        #expect(snapshot.children.first?.share == 0)
        #expect(snapshot.selfTime == .milliseconds(8))
        #expect(root.snapshot.statistics.count == 0)
        #expect(root.snapshot.children.first?.children.first?.statistics.count == 0)
    }

    @Test func `Several threads measure into one tree and nothing is lost`() throws {
        let root = StopWatch("root")
        let workers = [try SerialWorker(), try SerialWorker(), try SerialWorker()]
        for worker in workers {
            worker.execute {
                for number in 0..<2000 { root.child("task\(number % 4)").record(.nanoseconds(1)) }
            }
        }
        var taken: UInt64 = 0
        for _ in 0..<50 { taken += root.takeSnapshot().children.reduce(0) { $0 + $1.statistics.count } }
        for worker in workers { worker.shutdown() }
        taken += root.takeSnapshot().children.reduce(0) { $0 + $1.statistics.count }
        #expect(taken == 6000)
        #expect(root.children.count == 4)
    }
}
