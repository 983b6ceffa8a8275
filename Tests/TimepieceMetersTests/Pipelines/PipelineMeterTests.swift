import Synchronization
import Testing
import Timepiece

@testable import TimepieceMeters

private let ms = Trace.millisecond

@Suite struct `The time of a thread` {
    @Test func `belongs to the innermost element`() throws {
        let trace = Trace()
        let (first, second) = (trace.element("first"), trace.element("second"))
        let thread = trace.thread("t")
        trace.meter.play(at: 0)
        thread.enter(first, at: 10)
        thread.enter(second, at: 13)
        thread.leave(second, at: 20)
        thread.leave(first, at: 22)
        let window = try trace.window(at: 100)
        #expect(window.element("first").work == 5 * ms)
        #expect(window.element("second").work == 7 * ms)
        #expect(window.element("first").buffers == 1)
        #expect(window.element("first").bytes == 10)
        #expect(window.element("first").max == 5 * ms)
        #expect(window.element("second").load == 0.07)
        #expect(window.element("second").rate == 10)
    }

    @Test func `is counted up to now if an element is still working`() throws {
        let trace = Trace()
        let slow = trace.element("slow")
        let thread = trace.thread("t")
        trace.meter.play(at: 0)
        thread.enter(slow, at: 10)
        #expect(try trace.window(at: 100).element("slow").work == 90 * ms)
        #expect(try trace.window(at: 200).element("slow").work == 100 * ms)
        thread.leave(slow, at: 250)
        let last = try trace.window(at: 300)
        #expect(last.element("slow").work == 50 * ms)
        #expect(last.element("slow").max == 240 * ms)
        #expect(try trace.window(at: 400).element("slow").work == 0)
    }

    @Test func `of a loop belongs to the source, as work while the processor ran`() throws {
        let trace = Trace()
        let (source, filter) = (trace.element("source", .source), trace.element("filter"))
        filter.follows(source)
        let thread = trace.thread("t")
        trace.meter.play(at: 0)
        thread.pass(filter, at: 10)
        thread.ran(4)
        thread.enter(filter, at: 20)
        thread.leave(filter, at: 21)
        let window = try trace.window(at: 21)
        #expect(window.element("source").work == 4 * ms)
        #expect(window.element("source").wait == 6 * ms)
        #expect(window.element("source").waitReason == .source)
        #expect(window.element("source").buffers == 2)
        #expect(window.element("filter").work == 1 * ms)
    }

    @Test func `of a source whose thread never slept is work, whatever its processor clock says`() throws {
        let trace = Trace()
        let (source, sink) = (trace.element("source", .source), trace.element("sink"))
        sink.follows(source)
        let thread = trace.thread("t")
        trace.shared.set(1, ThreadTimes(name: "t", processor: 0, runQueue: 0, sleeps: 0))
        trace.meter.play(at: 0)
        for time in 1...40 as ClosedRange<UInt64> { thread.pass(sink, at: time) }
        trace.shared.set(1, ThreadTimes(name: "t", processor: 10 * ms, runQueue: 0, sleeps: 2))
        #expect(try trace.window(at: 40).element("source").wait == 0)
        for time in 41...80 as ClosedRange<UInt64> { thread.pass(sink, at: time) }
        trace.shared.set(1, ThreadTimes(name: "t", processor: 20 * ms, runQueue: 0, sleeps: 42))
        let window = try trace.window(at: 80)
        #expect(window.element("source").wait > 30 * ms)
        #expect(window.element("source").waitReason == .source)
    }

    @Test func `of a source that waits for a processor is work, and does not limit how fast it could run`() throws {
        let trace = Trace()
        let (source, sink) = (trace.element("source", .source), trace.element("sink"))
        sink.follows(source)
        let thread = trace.thread("t")
        trace.shared.set(1, ThreadTimes(name: "t", processor: 0, runQueue: 0, sleeps: 0))
        trace.meter.play(at: 0)
        for frame in 1...10 as ClosedRange<UInt64> {
            thread.ran(frame)
            thread.enter(sink, at: frame * 40)
            thread.ran(frame + 1)
            thread.leave(sink, at: frame * 40 + 9)
        }
        trace.shared.set(1, ThreadTimes(name: "t", processor: 10 * ms, runQueue: 90 * ms, sleeps: 10))
        let window = try trace.window(at: 409)
        #expect(window.element("sink").work == 90 * ms)
        #expect(window.element("source").work == 90 * ms)
        #expect(window.threads.first?.unserved == 90 * ms)
        #expect(Bottleneck.judge(window).headroom.map { abs($0 - 409.0 / 90) < 1e-9 } == true)
    }

    @Test func `is added without locking by the next thread when the first has ended`() throws {
        let trace = Trace()
        let filter = trace.element("filter")
        let (first, second) = (trace.thread("t"), trace.thread("u"))
        trace.meter.play(at: 0)
        first.pass(filter, at: 1)
        second.pass(filter, at: 2)
        #expect(try trace.window(at: 10).element("filter").buffers == 2)
        #expect(filter.trace.ownerNumber == 1)
        trace.end(first)
        second.pass(filter, at: 11)
        #expect(try trace.window(at: 20).element("filter").buffers == 1)
        #expect(filter.trace.ownerNumber == 0)
        second.pass(filter, at: 21)
        second.pass(filter, at: 22)
        #expect(filter.trace.ownerNumber == 2)
        #expect(try trace.window(at: 30).element("filter").buffers == 2)
    }

    @Test func `of a source that outputs many buffers at once and then sleeps for long is waiting`() throws {
        let trace = Trace()
        let (source, sink) = (trace.element("source", .source), trace.element("sink"))
        sink.follows(source)
        let thread = trace.thread("t")
        trace.shared.set(1, ThreadTimes(name: "t", processor: 0, runQueue: 0, sleeps: 0))
        trace.meter.play(at: 0)
        for time in 1...40 as ClosedRange<UInt64> { thread.pass(sink, at: time) }
        thread.pass(sink, at: 540)
        trace.shared.set(1, ThreadTimes(name: "t", processor: 40 * ms, runQueue: 0, sleeps: 1))
        #expect(try trace.window(at: 540).element("source").wait == 500 * ms)
        // And again, in a wait that continues.
        for time in 541...580 as ClosedRange<UInt64> { thread.pass(sink, at: time) }
        trace.shared.set(1, ThreadTimes(name: "t", processor: 80 * ms, runQueue: 0, sleeps: 2))
        let window = try trace.window(at: 1540)
        #expect(window.element("source").wait > 800 * ms)
        #expect(Bottleneck.judge(window).element == nil)
    }

    @Test func `of a loop that rests is not work`() throws {
        let trace = Trace()
        let (typefind, sink) = (trace.element("typefind"), trace.element("sink"))
        sink.follows(typefind)
        typefind.trace.pulls.store(true, ordering: .relaxed)
        let thread = trace.thread("t")
        trace.meter.play(at: 0)
        thread.pass(sink, at: 1)
        thread.ran(3)
        trace.shared.set(1, ThreadTimes(name: "t", processor: 3 * ms, runQueue: 0))
        #expect(try trace.window(at: 1000).element("typefind").work == 3 * ms)
        thread.ran(5)
        thread.pass(sink, at: 2000)
        trace.shared.set(1, ThreadTimes(name: "t", processor: 5 * ms, runQueue: 0))
        #expect(try trace.window(at: 2000).element("typefind").work == 2 * ms)
    }

    @Test func `of a loop that has ended is distinguished from waiting in the last window only`() throws {
        let trace = Trace()
        let (source, sink) = (trace.element("source", .source), trace.element("sink"))
        sink.follows(source)
        let thread = trace.thread("t")
        trace.shared.set(1, ThreadTimes(name: "t", processor: 0, runQueue: 0, sleeps: 0))
        trace.meter.play(at: 0)
        for time in 1...40 as ClosedRange<UInt64> { thread.pass(sink, at: time) }
        thread.end(at: sink)
        trace.shared.set(1, ThreadTimes(name: "t", processor: 10 * ms, runQueue: 0, sleeps: 2))
        let last = try trace.window(at: 41)
        #expect(last.element("source").wait == 0)
        #expect(last.element("source").work > 30 * ms)
        #expect(last.threads.first?.elements == [1, 0])
        #expect(try trace.window(at: 50).threads.first?.elements == [0])
        // The same thread begins a loop again.
        thread.pass(sink, at: 60)
        #expect(try trace.window(at: 70).threads.first?.elements == [1, 0])
    }

    @Test func `in the end of a stream is work of the element that outputs what it held back`() throws {
        let trace = Trace()
        let (queue, encoder, sink) = (trace.element("queue", .queue), trace.element("encoder"), trace.element("sink"))
        encoder.follows(queue, stores: true)
        sink.follows(encoder)
        let thread = trace.thread("t")
        trace.meter.play(at: 0)
        thread.pass(encoder, at: 10)
        thread.enterEnd(encoder, at: 20)
        // The processor time is that of threads of its own.
        for time in [21, 121, 221, 321] as [UInt64] { thread.pass(sink, at: time) }
        thread.enterEnd(sink, at: 330)
        thread.leave(sink, at: 930)
        thread.leave(encoder, at: 931)
        let window = try trace.window(at: 1000)
        #expect(window.element("encoder").work == 311 * ms)
        #expect(window.element("encoder").buffers == 1)
        #expect(window.element("encoder").max == 0)
        #expect(window.element("sink").work == 0)
        #expect(window.element("sink").buffers == 4)
        #expect(try trace.window(at: 2000).threads.allSatisfy { $0.work == 0 })
    }

    @Test func `in the end of a stream is waiting in a sink that waits for the clock`() throws {
        let trace = Trace()
        let sink = trace.element("sink")
        let thread = trace.thread("t")
        trace.meter.play(at: 0)
        thread.enterEnd(sink, at: 10, deadline: .max)
        thread.leave(sink, at: 60)
        let window = try trace.window(at: 100)
        #expect(window.element("sink").work == 0)
        #expect(window.element("sink").wait == 50 * ms)
        #expect(window.element("sink").waitReason == .clock)
    }

    @Test func `in a sink is waiting up to the deadline`() throws {
        let trace = Trace()
        let sink = trace.element("sink")
        let thread = trace.thread("t")
        trace.meter.play(at: 0)
        thread.enter(sink, at: 10, deadline: 40)
        thread.leave(sink, at: 43)
        thread.enter(sink, at: 50, deadline: 45)
        thread.leave(sink, at: 52)
        let window = try trace.window(at: 100)
        #expect(window.element("sink").work == 5 * ms)
        #expect(window.element("sink").wait == 30 * ms)
        #expect(window.element("sink").waitReason == .clock)
    }

    @Test func `before playing is neither waiting nor load, but the work is reported`() throws {
        let trace = Trace()
        let (filter, sink) = (trace.element("filter"), trace.element("sink"))
        let thread = trace.thread("t")
        thread.enter(filter, at: 10)
        thread.enter(sink, at: 15, deadline: .max)
        trace.meter.play(at: 1000 * ms)
        thread.leave(sink, at: 1020)
        thread.leave(filter, at: 1021)
        let window = try trace.window(at: 1100)
        #expect(window.duration == 100 * ms)
        #expect(window.element("filter").buffers == 1)
        #expect(window.element("filter").work == 6 * ms)
        #expect(window.element("filter").load == 0.01)
        #expect(window.element("sink").wait == 20 * ms)
    }

    @Test func `of a pause counts for nothing`() throws {
        let trace = Trace()
        let sink = trace.element("sink")
        let thread = trace.thread("t")
        trace.meter.play(at: 0)
        thread.enter(sink, at: 10, deadline: .max)
        #expect(trace.meter.pause(at: 50 * ms)?.element("sink").wait == 40 * ms)
        trace.meter.play(at: 1000 * ms)
        thread.leave(sink, at: 1010)
        let window = try trace.window(at: 1100)
        #expect(window.element("sink").wait == 10 * ms)
        #expect(window.duration == 100 * ms)
    }

    @Test func `of a list is that of its buffers`() throws {
        let trace = Trace()
        let filter = trace.element("filter")
        let thread = trace.thread("t")
        trace.meter.play(at: 0)
        thread.enter(filter, at: 10, buffers: 3, bytes: 30, isList: true)
        for time in [11, 14, 17] as [UInt64] {
            thread.enter(filter, at: time)
            thread.leave(filter, at: time + 2)
        }
        thread.leave(filter, at: 20)
        let window = try trace.window(at: 100)
        #expect(window.element("filter").buffers == 3)
        #expect(window.element("filter").bytes == 30)
        #expect(window.element("filter").work == 10 * ms)
        #expect(window.element("filter").max == 2 * ms)
    }

    @Test func `of threads that wait for their turn in a chain function is waiting`() throws {
        let trace = Trace()
        let slow = trace.element("slow")
        let (first, second) = (trace.thread("first"), trace.thread("second"))
        trace.meter.play(at: 0)
        first.enter(slow, at: 10)
        second.enter(slow, at: 12)
        first.leave(slow, at: 20)
        second.leave(slow, at: 30)
        let window = try trace.window(at: 100)
        #expect(window.element("slow").work == 20 * ms)
        #expect(window.element("slow").wait == 8 * ms)
        #expect(window.element("slow").waitReason == .queueFull)
    }

    @Test func `is kept if an end has no beginning`() throws {
        let trace = Trace()
        let (first, second) = (trace.element("first"), trace.element("second"))
        let thread = trace.thread("t")
        trace.meter.play(at: 0)
        thread.enter(first, at: 10)
        thread.leave(second, at: 12)
        thread.leave(first, at: 15)
        thread.leave(first, at: 16)
        #expect(try trace.window(at: 100).element("first").work == 5 * ms)
    }

    @Test func `of more chain functions than are followed belongs to the last that is`() throws {
        let trace = Trace()
        let nodes = (0...ThreadTrace.capacity).map { trace.element("e\($0)") }
        let thread = trace.thread("t")
        trace.meter.play(at: 0)
        for node in nodes { thread.enter(node, at: 10) }
        for node in nodes.reversed() { thread.leave(node, at: 20) }
        thread.enter(nodes[0], at: 30)
        thread.leave(nodes[0], at: 33)
        let window = try trace.window(at: 100)
        #expect(window.element("e\(ThreadTrace.capacity - 1)").work == 10 * ms)
        #expect(window.element("e0").work == 3 * ms)
    }
}

@Suite struct `A queue` {
    /// A queue between two threads, the second of which is slow.
    private func pipeline() -> (Trace, queue: Node, slow: Node, Worker, Worker) {
        let trace = Trace()
        let (queue, slow) = (trace.element("queue", .queue), trace.element("slow"))
        slow.follows(queue, stores: true)
        return (trace, queue, slow, trace.thread("in"), trace.thread("out"))
    }

    @Test func `reports how long buffers stay, and which side waits`() throws {
        let (trace, queue, slow, writer, reader) = pipeline()
        trace.meter.play(at: 0)
        writer.pass(queue, at: 10, buffer: 1)
        reader.enter(slow, at: 10, buffer: 1)
        writer.pass(queue, at: 11, buffer: 2)
        writer.enter(queue, at: 12, buffer: 3)
        reader.leave(slow, at: 30)
        reader.enter(slow, at: 30, buffer: 2)
        writer.leave(queue, at: 30)
        reader.leave(slow, at: 50)
        reader.enter(slow, at: 50, buffer: 3)
        reader.leave(slow, at: 70)
        writer.pass(queue, at: 90, buffer: 4)
        reader.pass(slow, at: 91, buffer: 4)
        let window = try trace.window(at: 100)
        let row = window.queue("queue")
        #expect(row.buffers == 4)
        #expect(row.maxDwell == 38 * ms)
        #expect(abs(Int(row.p50Dwell) - Int(1 * ms)) < Int(ms) / 100)
        #expect(row.full == 18 * ms)
        // From 70, when nothing was inside, to 90; and from 91 on.
        #expect(row.empty == 20 * ms + 9 * ms)
        #expect(row.maxLevel == 3 - 1)
        #expect(row.level == 0)
        #expect(row.dropped == 0)
        #expect(window.element("queue").waitReason == .inputs)
        #expect(window.element("slow").work == 60 * ms)
        #expect(window.element("queue").work == 0)
    }

    @Test func `counts what it dropped, at the head, in between and at the end`() throws {
        let (trace, queue, slow, writer, reader) = pipeline()
        trace.meter.play(at: 0)
        for buffer in 1...10 as ClosedRange<UInt64> { writer.pass(queue, at: 10, buffer: buffer) }
        for buffer in [3, 4, 8] as [UInt64] { reader.pass(slow, at: 20, buffer: buffer) }
        #expect(try trace.window(at: 50).queue("queue").dropped == 5)
        reader.end(at: slow)
        #expect(try trace.window(at: 100).queue("queue").dropped == 2)
    }

    @Test func `that is not empty does not make its thread wait, however late that is`() throws {
        let (trace, queue, slow, writer, reader) = pipeline()
        trace.meter.play(at: 0)
        for buffer in 1...3 as ClosedRange<UInt64> { writer.pass(queue, at: 10, buffer: buffer) }
        reader.pass(slow, at: 11, buffer: 1)
        reader.pass(slow, at: 15, buffer: 2)
        trace.shared.set(2, ThreadTimes(name: "out", processor: 1 * ms, runQueue: 3 * ms))
        let window = try trace.window(at: 15)
        #expect(window.element("queue").work == 4 * ms)
        #expect(window.element("queue").wait == 0)
        #expect(window.queue("queue").empty == 0)
        #expect(window.threads.first { $0.name == "out" }?.work == 4 * ms)
    }

    @Test func `that is blocked downstream waits, and does not work`() throws {
        let (trace, queue, slow, writer, reader) = pipeline()
        trace.meter.play(at: 0)
        for buffer in 1...3 as ClosedRange<UInt64> { writer.pass(queue, at: 10, buffer: buffer) }
        reader.pass(slow, at: 11, buffer: 1)
        reader.pass(slow, at: 95, buffer: 2)
        trace.shared.set(2, ThreadTimes(name: "out", processor: 3 * ms, runQueue: 1 * ms))
        let window = try trace.window(at: 95)
        #expect(window.element("queue").work == 4 * ms)
        #expect(window.element("queue").wait == 80 * ms)
        #expect(window.element("queue").waitReason == .queueFull)
        #expect(window.queue("queue").empty == 0)
    }

    @Test func `drops nothing in a flush`() throws {
        let (trace, queue, slow, writer, reader) = pipeline()
        trace.meter.play(at: 0)
        for buffer in 1...10 as ClosedRange<UInt64> { writer.pass(queue, at: 10, buffer: buffer) }
        queue.pad.flush()
        writer.pass(queue, at: 11, buffer: 1)
        reader.pass(slow, at: 20, buffer: 1)
        let row = try trace.window(at: 100).queue("queue")
        #expect(row.dropped == 0)
        #expect(row.level == 0)
    }

    @Test func `that reorders drops only what is far behind`() throws {
        let trace = Trace()
        let (queue, slow) = (trace.element("queue", .jitterBuffer), trace.element("slow"))
        slow.follows(queue, stores: true)
        let (writer, reader) = (trace.thread("in"), trace.thread("out"))
        trace.meter.play(at: 0)
        for buffer in [1, 3, 2, 4] as [UInt64] { writer.pass(queue, at: 10, buffer: buffer) }
        for buffer in [1, 2, 3, 4] as [UInt64] { reader.pass(slow, at: 20, buffer: buffer) }
        let row = try trace.window(at: 100).queue("queue")
        #expect(row.dropped == 0)
        #expect(row.level == 0)
    }

    @Test func `that contains more buffers than are followed counts them all`() throws {
        let (trace, queue, slow, writer, reader) = pipeline()
        trace.meter.play(at: 0)
        let count = PadTrace.capacity + 100
        for buffer in 1...count { writer.pass(queue, at: 10, buffer: buffer) }
        for buffer in 1...count { reader.pass(slow, at: 20, buffer: buffer) }
        let row = try trace.window(at: 100).queue("queue")
        #expect(row.buffers == count)
        #expect(row.dropped == 0)
    }
}

@Suite struct `An aggregator` {
    @Test func `waits for the last of its inputs, and works from then on`() throws {
        let trace = Trace()
        let mixer = trace.element("mixer", .aggregator)
        let second = trace.meter.addPad(to: mixer.trace, name: "second")
        let sink = trace.element("sink")
        sink.follows(mixer)
        let (a, b, out) = (trace.thread("a"), trace.thread("b"), trace.thread("out"))
        trace.meter.play(at: 0)
        out.pass(sink, at: 10)
        a.pass(mixer, at: 12, buffer: 1)
        second.store(memory: 0, time: 1, at: 15 * ms)
        out.pass(sink, at: 40, buffer: 1)
        // Both have a buffer already, and then one has come to its end.
        a.pass(mixer, at: 35, buffer: 2)
        second.store(memory: 0, time: 2, at: 36 * ms)
        out.pass(sink, at: 50, buffer: 2)
        unsafe b.trace.end(Unmanaged.passUnretained(second))
        a.pass(mixer, at: 55, buffer: 3)
        out.pass(sink, at: 65, buffer: 3)
        let window = try trace.window(at: 65)
        #expect(window.element("mixer").work == 25 * ms + 10 * ms + 10 * ms)
        #expect(window.element("mixer").wait == 5 * ms + 5 * ms)
        #expect(window.element("mixer").waitReason == .inputs)
        #expect(window.queues.map(\.empty) == [5 * ms, 5 * ms])
    }

    @Test func `that muxes works as long as the processor runs, regardless of its buffers' times`() throws {
        let trace = Trace()
        let (muxer, sink) = (trace.element("muxer", .aggregator), trace.element("sink"))
        muxer.trace.isMuxer()
        sink.follows(muxer)
        let (input, out) = (trace.thread("input"), trace.thread("out"))
        trace.meter.play(at: 0)
        // Of a time that no output ever has, so that it seems to be inside for good.
        input.pass(muxer, at: 1, buffer: 3_600_000)
        out.pass(sink, at: 10, buffer: 1)
        out.ran(4)
        input.pass(muxer, at: 45, buffer: 3_600_001)
        out.pass(sink, at: 50, buffer: 2)
        let window = try trace.window(at: 50)
        #expect(window.element("muxer").work == 4 * ms)
        #expect(window.element("muxer").wait == 36 * ms)
        #expect(window.element("muxer").waitReason == .inputs)
    }
}

@Suite struct `The elements of a pipeline` {
    @Test func `are in the window in which they are removed, and not after it`() throws {
        let trace = Trace()
        let filter = trace.element("filter")
        let thread = trace.thread("t")
        trace.meter.play(at: 0)
        thread.enter(filter, at: 10)
        thread.leave(filter, at: 15)
        trace.meter.remove(filter.trace)
        #expect(try trace.window(at: 100).element("filter").work == 5 * ms)
        #expect(try trace.window(at: 200).elements.isEmpty)
    }

    @Test func `reuse the memory of removed ones`() throws {
        let trace = Trace()
        trace.meter.play(at: 0)
        var seen: Set<ObjectIdentifier> = []
        for round in 0..<100 as Range<UInt64> {
            let node = trace.element("e\(round)")
            seen.insert(ObjectIdentifier(node.trace))
            trace.meter.removePad(node.pad)
            trace.meter.remove(node.trace)
            #expect(try trace.window(at: round + 1).element("e\(round)").buffers == 0)
        }
        #expect(seen.count == 1)
    }

    @Test func `leave all of their memory to the next pipeline`() {
        let pool = TracePool()
        var made: Set<Int> = []
        for _ in 0..<100 {
            let trace = Trace(pool: pool)
            _ = (trace.element("filter"), trace.element("queue", .queue), trace.element("sink"))
            trace.meter.stop()
            made.insert(pool.count)
        }
        #expect(made == [6])
    }

    @Test func `that are added and removed while no window is closed keep a bounded number of records`() throws {
        let pool = TracePool()
        let trace = Trace(pool: pool)
        trace.meter.play(at: 0)
        for round in 0..<4 * PipelineMeter.mostGone {
            let node = trace.element("queue\(round)", .queue)
            trace.meter.removePad(node.pad)
            trace.meter.remove(node.trace)
        }
        #expect(pool.count <= 2 * PipelineMeter.mostGone + 2)
        #expect(try trace.window(at: 1).elements.count == PipelineMeter.mostGone)
    }

    @Test func `report in the first window how long they took to start`() throws {
        let trace = Trace()
        let (slow, sink) = (trace.element("slow"), trace.element("sink"))
        let thread = trace.thread("t")
        slow.trace.changedState(in: 30 * ms, at: 35 * ms)
        trace.meter.play(at: 40 * ms)
        thread.enter(slow, at: 50)
        thread.enter(sink, at: 150)
        thread.leave(sink, at: 151)
        thread.leave(slow, at: 151)
        #expect(try trace.window(at: 200).element("slow").start == 130 * ms)
        #expect(try trace.window(at: 300).element("slow").start == nil)
    }

    @Test func `share threads whose times the kernel reports`() throws {
        let trace = Trace()
        let filter = trace.element("filter")
        let thread = trace.thread("queue0:src")
        trace.meter.play(at: 0)
        thread.pass(filter, at: 10)
        trace.shared.set(1, ThreadTimes(name: "queue0:src", processor: 7 * ms, runQueue: 2 * ms))
        let window = try trace.window(at: 100)
        #expect(window.threads.map(\.name) == ["queue0:src"])
        #expect(window.threads.first?.processor == 7 * ms)
        #expect(window.threads.first?.runQueue == 2 * ms)
        #expect(window.threads.first?.elements == [0])
    }
}
