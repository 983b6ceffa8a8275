import Synchronization

/// The traces of elements and pads that are not in use, for reuse.
///
/// A trace is never freed, because a thread may hold that of a removed element. So the memory is that of the largest
/// number of elements that ever existed at the same time.
package final class TracePool: Sendable {
    package static let shared = TracePool()

    private struct State {
        var elements: [ElementTrace] = []
        var pads: [PadTrace] = []
        /// Those with the memory to follow buffers.
        var stores: [PadTrace] = []
        /// All traces ever made, which keeps them alive.
        var made: [any AnyObject & Sendable] = []
    }

    private let state = Mutex(State())

    func element(_ kind: ElementTrace.Kind, countsSince: UInt64) -> ElementTrace {
        let element = state.withLock { state in
            if let element = state.elements.popLast() { return element }
            let element = ElementTrace()
            state.made.append(element)
            return element
        }
        element.reset(to: kind, countsSince: countsSince)
        return element
    }

    func pad(of element: ElementTrace, stores: Bool) -> PadTrace {
        let pad = state.withLock { state in
            if let pad = stores ? state.stores.popLast() : state.pads.popLast() { return pad }
            let pad = PadTrace()
            state.made.append(pad)
            return pad
        }
        if stores { pad.startStoring() }
        unsafe pad.element.store(Unmanaged.passUnretained(element), ordering: .releasing)
        return pad
    }

    func take(back element: ElementTrace) {
        state.withLock { $0.elements.append(element) }
    }

    func take(back pad: PadTrace) {
        pad.reset()
        state.withLock { state in
            if pad.isStoring { state.stores.append(pad) } else { state.pads.append(pad) }
        }
    }

    /// How many traces were ever made.
    var count: Int { state.withLock { $0.made.count } }
}
