import Testing
import Timepiece

@testable import TimepieceMeters

private let ms = Trace.millisecond

@Suite struct `The verdict` {
    private typealias Element = PipelineWindow.Element
    private typealias Queue = PipelineWindow.Queue
    private typealias Thread = PipelineWindow.Thread

    private func element(
        _ path: String, work: UInt64 = 0, buffers: UInt64 = 100, wait: UInt64 = 0,
        for reason: ElementTrace.Wait = .none
    ) -> Element {
        Element(path: path, buffers: buffers, work: work * ms, wait: wait * ms, waitReason: reason)
    }

    /// A window of a second.
    private func window(_ elements: [Element], _ threads: [Thread], _ queues: [Queue] = []) -> PipelineWindow {
        var window = PipelineWindow()
        window.duration = 1000 * ms
        (window.elements, window.threads, window.queues) = (elements, threads, queues)
        return window
    }

    @Test func `names the element whose thread does not wait, and the queues around it`() {
        let verdict = Bottleneck.judge(
            window(
                [element("source", work: 30), element("encoder", work: 990), element("sink", work: 5)],
                [
                    Thread(name: "source:src", work: 30 * ms, waits: [.queueFull: 960 * ms], elements: [0]),
                    Thread(name: "queue0:src", work: 990 * ms, waits: [:], elements: [1], source: 0, sinks: [1]),
                    Thread(name: "queue1:src", work: 5 * ms, waits: [.inputs: 990 * ms], elements: [2], source: 1),
                ],
                [
                    Queue(path: "queue0", full: 960 * ms), Queue(path: "queue1", empty: 990 * ms),
                ]))
        #expect(verdict.element == "encoder")
        #expect(
            verdict.reason == "encoder is the bottleneck: 9.90 ms a buffer, 99 % of the time of thread queue0:src; "
                + "queue0 before it is full 96 % of the time, queue1 behind it is empty 99 %.")
        #expect(verdict.headroom == 1 / 0.99)
    }

    @Test func `names the others that use a large part of the thread, and the first of equals`() {
        let verdict = Bottleneck.judge(
            window(
                [element("a", work: 495), element("b", work: 500)],
                [Thread(name: "t", work: 995 * ms, elements: [0, 1])]))
        #expect(verdict.element == "a")
        #expect(
            verdict.reason == "a is the bottleneck: 4.95 ms a buffer, 50 % of the time of thread t, "
                + "which it shares with b (50 %).")
    }

    @Test func `names the element that several threads wait for`() {
        var slow = element("slow", work: 980)
        slow.isSerial = true
        let threads = ["a", "b"].map { name in
            Thread(name: name, work: 500 * ms, waits: [.queueFull: 490 * ms], elements: name == "a" ? [0] : [0, 1])
        }
        let verdict = Bottleneck.judge(window([element("source", work: 20), slow], threads))
        #expect(verdict.element == "slow")
        #expect(
            verdict.reason == "slow is the bottleneck: 9.80 ms a buffer, 98 % of the time, "
                + "and more than one thread waits for it.")
        #expect(verdict.headroom == 1 / 0.98)
    }

    @Test func `names none where the sink waits for the clock, and says how much faster it could run`() {
        let verdict = Bottleneck.judge(
            window(
                [element("decoder", work: 250), element("sink", work: 10, wait: 740, for: .clock)],
                [Thread(name: "t", work: 260 * ms, waits: [.clock: 740 * ms], elements: [0, 1])]))
        #expect(verdict.element == nil)
        #expect(verdict.limit == "decoder")
        #expect(verdict.headroom.map { abs($0 - 1 / 0.26) < 1e-9 } == true)
        #expect(
            verdict.reason == "Nothing is slow: sink waits for the clock 74 % of the time; "
                + "it could run 3.8 times faster before decoder is the limit.")
    }

    @Test func `names none where the source waits, however busy the rest`() {
        let verdict = Bottleneck.judge(
            window(
                [element("camera", work: 10, wait: 60, for: .source), element("filter", work: 930)],
                [Thread(name: "t", work: 940 * ms, waits: [.source: 60 * ms], elements: [0, 1])]))
        #expect(verdict.element == nil)
        #expect(verdict.headroom.map { abs($0 - 1 / 0.94) < 1e-9 } == true)
    }

    @Test func `does not count a source's wait for a processor as a limit`() {
        var thread = Thread(name: "t", work: 700 * ms, waits: [.source: 300 * ms], elements: [0, 1])
        (thread.loop, thread.unserved) = (0, 400 * ms)
        let verdict = Bottleneck.judge(
            window([element("camera", work: 450, wait: 300, for: .source), element("filter", work: 250)], [thread]))
        #expect(verdict.element == nil)
        #expect(verdict.limit == "filter")
        #expect(verdict.headroom.map { abs($0 - 1 / 0.3) < 1e-9 } == true)
        #expect(
            verdict.reason == "Nothing is slow: camera waits for its data 30 % of the time; "
                + "it could run 3.3 times faster before filter is the limit.")
    }

    @Test func `knows that all processors are busy`() {
        var window = window(
            [element("encoder", work: 400), element("sink", wait: 600, for: .clock)],
            [Thread(name: "t", work: 400 * ms, waits: [.clock: 600 * ms], elements: [0, 1])])
        window.processorLoad = 0.8
        let verdict = Bottleneck.judge(window)
        #expect(verdict.headroom == 1.25)
        #expect(verdict.reason.hasSuffix("it could run 1.3 times faster before the processors are the limit."))
    }

    @Test func `gives no verdict if no thread is busy and nothing paces it`() {
        let verdict = Bottleneck.judge(
            window(
                [element("a", work: 600), element("b", work: 390)],
                [
                    Thread(name: "t", work: 600 * ms, waits: [.queueFull: 400 * ms], elements: [0]),
                    Thread(name: "u", work: 390 * ms, waits: [.inputs: 600 * ms], elements: [1]),
                ]))
        #expect(verdict.element == nil)
        #expect(verdict.headroom == nil)
    }

    @Test func `gives no verdict about a window with too few events`() {
        #expect(Bottleneck.judge(PipelineWindow()).element == nil)
        #expect(Bottleneck.judge(window([], [])).reason == "Too little happened to tell.")
    }

    @Test func `gives no verdict if the work is in passing buffers on`() {
        var queue = element("queue", work: 800)
        queue.isQueue = true
        let verdict = Bottleneck.judge(
            window([queue, element("sink", work: 190)], [Thread(name: "t", work: 990 * ms, elements: [0, 1])]))
        #expect(verdict.element == nil)
    }

    @Test func `names no queue while an element uses a large part of its thread`() {
        var queue = element("queue", work: 600)
        queue.isQueue = true
        let verdict = Bottleneck.judge(
            window([queue, element("sink", work: 390)], [Thread(name: "t", work: 990 * ms, elements: [0, 1])]))
        #expect(verdict.element == "sink")
    }

    @Test func `writes durations in three digits`() {
        #expect(Bottleneck.duration(0) == "0.00 µs")
        #expect(Bottleneck.duration(1_234) == "1.23 µs")
        #expect(Bottleneck.duration(12_345_678) == "12.3 ms")
        #expect(Bottleneck.duration(999_600) == "1.00 ms")
        #expect(Bottleneck.duration(999_499_999) == "999 ms")
        #expect(Bottleneck.duration(7_200_000_000_000) == "7200 s")
    }
}
