import Synchronization

/// The traces of elements and pads that are not in use, to be used again.
///
/// A trace is never freed, because a thread may hold one of an element that went. So the memory is that of the most
/// elements that were ever there at a time.
package final class TracePool: Sendable {
    package static let shared = TracePool()

    private struct State {
        var elements: [ElementTrace] = []
        var pads: [PadTrace] = []
        /// All that were made, which keeps them.
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
            if let pad = state.pads.popLast() { return pad }
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
        state.withLock { $0.pads.append(pad) }
    }
}
