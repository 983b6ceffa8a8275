/// What the elements of one pipeline did in a stretch of time; all times in nanoseconds.
package struct PipelineWindow: Equatable, Sendable {
    package struct Element: Equatable, Sendable {
        package var path = ""
        package var factory = ""
        package var buffers: UInt64 = 0
        package var bytes: UInt64 = 0
        /// Buffers per second of the window.
        package var rate = 0.0
        /// Own time, without that of other elements and without waiting.
        package var work: UInt64 = 0
        /// Of the work for a buffer.
        package var p50: UInt64 = 0
        package var p90: UInt64 = 0
        package var p99: UInt64 = 0
        package var max: UInt64 = 0
        /// Working time per second, without that before the pipeline played.
        package var load = 0.0
        package var wait: UInt64 = 0
        package var waitReason = ElementTrace.Wait.none
        /// In the first window of an element: the time of its state changes, and from its first buffer to its first output.
        package var start: UInt64?
        /// Whether all it does is to store buffers.
        package var isQueue = false
        /// Whether the user wants to see it.
        package var isShown = true
    }

    /// A pad by which buffers go into an element that stores them.
    package struct Queue: Equatable, Sendable {
        package var path = ""
        package var pad = ""
        package var buffers: UInt64 = 0
        package var level: UInt64 = 0
        package var maxLevel: UInt64 = 0
        package var p50Dwell: UInt64 = 0
        package var p99Dwell: UInt64 = 0
        package var maxDwell: UInt64 = 0
        /// How long the thread that brings buffers waited for room.
        package var full: UInt64 = 0
        /// How long the thread that takes buffers waited for one.
        package var empty: UInt64 = 0
        package var dropped: UInt64 = 0
        package var isShown = true
    }

    package struct Thread: Equatable, Sendable {
        package var name = ""
        package var processor: UInt64 = 0
        package var runQueue: UInt64 = 0
        package var work: UInt64 = 0
        package var waits: [ElementTrace.Wait: UInt64] = [:]
        /// The places of its elements among those of the window.
        package var elements: [Int] = []
        /// The place of the queue that feeds it.
        package var source: Int?
        /// The places of the queues that it feeds.
        package var sinks: [Int] = []
    }

    package var duration: UInt64 = 0
    package var elements: [Element] = []
    package var queues: [Queue] = []
    package var threads: [Thread] = []
    /// The processor time of the process per second and processor.
    package var processorLoad = 0.0

    package init() {}

    /// Whether anything moved.
    package var isEmpty: Bool { elements.allSatisfy { $0.buffers == 0 && $0.work == 0 } }
}
