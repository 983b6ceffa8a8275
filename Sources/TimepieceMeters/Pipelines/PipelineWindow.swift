package import Timepiece

/// The statistics of the elements of one pipeline in one window; all times in nanoseconds.
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
        /// Statistics of the work for a buffer.
        package var p50: UInt64 = 0
        package var p90: UInt64 = 0
        package var p99: UInt64 = 0
        package var max: UInt64 = 0
        /// The work for each buffer.
        package var works = Histogram()
        /// Working time per second, without that before the pipeline played.
        package var load = 0.0
        package var wait: UInt64 = 0
        package var waitReason = ElementTrace.Wait.none
        package var waits: [ElementTrace.Wait: UInt64] = [:]
        /// In the first window of an element: the time of its state changes, and from its first buffer to its first output.
        package var start: UInt64?
        /// Whether it only stores buffers.
        package var isQueue = false
        /// Whether it processes one buffer at a time, however many threads bring them.
        package var isSerial = false
        /// Whether it is reported to the user.
        package var isShown = true
    }

    /// A pad by which buffers enter an element that stores them.
    package struct Queue: Equatable, Sendable {
        package var path = ""
        package var pad = ""
        package var buffers: UInt64 = 0
        package var level: UInt64 = 0
        package var maxLevel: UInt64 = 0
        package var p50Dwell: UInt64 = 0
        package var p99Dwell: UInt64 = 0
        package var maxDwell: UInt64 = 0
        package var dwells = Histogram()
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
        /// The part of the work in which it was the source's turn, and no processor was free for it.
        package var unserved: UInt64 = 0
        package var waits: [ElementTrace.Wait: UInt64] = [:]
        /// The index of the element whose loop it is.
        package var loop: Int?
        /// The indices of its elements among those of the window.
        package var elements: [Int] = []
        /// The index of the queue that feeds it.
        package var source: Int?
        /// The indices of the queues that it feeds.
        package var sinks: [Int] = []
    }

    package var duration: UInt64 = 0
    package var elements: [Element] = []
    package var queues: [Queue] = []
    package var threads: [Thread] = []
    /// The processor time of the process per second and processor.
    package var processorLoad = 0.0

    package init() {}

    /// Whether any buffer passed.
    package var isEmpty: Bool { elements.allSatisfy { $0.buffers == 0 && $0.work == 0 } }
}
