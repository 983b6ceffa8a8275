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

    @Test func `is counted up to now where an element is still at work`() throws {
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

    @Test func `before playing makes no waiting and no load, but the work is told of`() throws {
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

    @Test func `is kept where an end comes that had no beginning`() throws {
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

    @Test func `tells how long buffers stay, and who waits`() throws {
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

    @Test func `that is not empty is not waited for, however late its thread is`() throws {
        let (trace, queue, slow, writer, reader) = pipeline()
        trace.meter.play(at: 0)
        for buffer in 1...3 as ClosedRange<UInt64> { writer.pass(queue, at: 10, buffer: buffer) }
        reader.pass(slow, at: 11, buffer: 1)
        reader.pass(slow, at: 15, buffer: 2)
        let window = try trace.window(at: 15)
        #expect(window.element("queue").work == 4 * ms)
        #expect(window.element("queue").wait == 0)
        #expect(window.queue("queue").empty == 0)
        #expect(window.threads.first { $0.name == "out" }?.work == 4 * ms)
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

    @Test func `that holds more than are followed counts them all`() throws {
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

@Suite struct `The elements of a pipeline` {
    @Test func `are in the window in which they go, and not after it`() throws {
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

    @Test func `use the memory of those that went`() throws {
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

    @Test func `tell in the first window how long they took to start`() throws {
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

    @Test func `share threads of which the kernel is asked`() throws {
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
