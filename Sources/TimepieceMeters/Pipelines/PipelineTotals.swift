import Synchronization
package import Timepiece

/// The statistics of the elements of one pipeline since it was traced: the sum of its windows.
///
/// The totals are as of the last window. Safe to share.
package final class PipelineTotals: Sendable {
    package struct Element: Sendable {
        package var work: UInt64 = 0
        /// The work for each buffer.
        package var works = Histogram()
        package var waits: [ElementTrace.Wait: UInt64] = [:]
    }

    /// A pad by which buffers enter an element that stores them.
    package struct Queue: Sendable {
        package var level: UInt64 = 0
        package var dwells = Histogram()
        package var dropped: UInt64 = 0
        /// Whether it was in the last window.
        package var isThere = true
    }

    package struct Pad: Sendable, Hashable {
        package let path: String
        package let name: String
    }

    package struct Totals: Sendable {
        package fileprivate(set) var elements: [String: Element] = [:]
        package fileprivate(set) var queues: [Pad: Queue] = [:]
    }

    /// How many elements, and how many pads, are counted separately; those that appear later are not.
    package static let mostElements = 2_000

    private let state = Mutex(Totals())

    package init() {}

    /// Reads the totals, without an effect on the windows.
    package var totals: Totals { state.withLock { $0 } }

    /// Adds a window.
    package func add(_ window: PipelineWindow) {
        state.withLock { state in
            for element in window.elements where element.isShown {
                guard state.elements[element.path] != nil || state.elements.count < Self.mostElements else { continue }
                var total = state.elements[element.path] ?? Element()
                total.work.addSaturating(element.work)
                total.works.merge(element.works)
                total.waits.merge(element.waits) { $0.addingSaturating($1) }
                state.elements[element.path] = total
            }
            for pad in state.queues.keys { state.queues[pad]?.isThere = false }
            for queue in window.queues where queue.isShown {
                let pad = Pad(path: queue.path, name: queue.pad)
                guard state.queues[pad] != nil || state.queues.count < Self.mostElements else { continue }
                var total = state.queues[pad] ?? Queue()
                total.level = queue.level
                total.isThere = true
                total.dwells.merge(queue.dwells)
                total.dropped.addSaturating(queue.dropped)
                state.queues[pad] = total
            }
        }
    }
}
