import Synchronization
import Timepiece

/// A push (or pull) that is under way, in memory of its thread's stack.
///
/// The caller sets `outer` before it enters and `start` after; the rest belongs to the meter. The layout is that of
/// `TimepieceFrame` in timepiece.h, which a test compares.
@unsafe package struct WatchFrame {
    package var outer: UnsafeMutablePointer<WatchFrame>?
    /// The instant in nanoseconds.
    package var start: UInt64
    var context: UnsafeRawPointer?
    var identifier: UInt64
    /// What belongs to a parent further out than this.
    var reparented: UInt64
    /// How often laps had been interrupted when this began.
    var breaks: UInt64
    var countedInside: Bool
    /// Whether the frame holds a reference to its context, because a watch was stopped by what this push called.
    package fileprivate(set) var isHeld: Bool

    fileprivate mutating func hold() {
        guard unsafe !isHeld, let context = unsafe context else { return }
        _ = unsafe Unmanaged<WatchContext>.fromOpaque(context).retain()
        unsafe isHeld = true
    }

    /// Releases what a held frame holds.
    package mutating func release() {
        guard unsafe isHeld, let context = unsafe context else { return }
        unsafe isHeld = false
        let held = unsafe Unmanaged<WatchContext>.fromOpaque(context)
        // What was staged inside an outermost lap that goes on refers to the context.
        if unsafe outer != nil, let tree = unsafe held.takeUnretainedValue().tree {
            unsafe tree.takeUnretainedValue().keep(held.takeUnretainedValue())
        }
        unsafe held.release()
    }
}

// What a push through a watch does. The frames of a thread are a list from the innermost to the outermost.
extension WatchMeter {
    /// Finds the context: the same as last time, nearly always.
    @inline(__always)
    package func enter(_ frame: UnsafeMutablePointer<WatchFrame>) {
        let outer = unsafe frame.pointee.outer
        let within = unsafe outer?.pointee.identifier ?? 0
        if unsafe cache.pointee.outer != within { unsafe find(frame, within: within) }
        unsafe frame.pointee.context = unsafe cache.pointee.context.map { unsafe UnsafeRawPointer($0.toOpaque()) }
        unsafe frame.pointee.identifier = unsafe cache.pointee.identifier
        unsafe frame.pointee.reparented = 0
        unsafe frame.pointee.breaks = breaks.load(ordering: .relaxed)
        unsafe frame.pointee.countedInside = false
        unsafe frame.pointee.isHeld = false
    }

    /// Keeps alive what the pushes of this thread use, before this watch is stopped inside one of them.
    ///
    /// - Parameter innermost: the thread's frames, from the innermost one out.
    package func hold(_ innermost: UnsafeMutablePointer<WatchFrame>?) {
        var next = unsafe innermost
        while let frame = unsafe next {
            unsafe frame.pointee.hold()
            // What is entered further in is not below a watch that is stopped: its contexts go.
            if let context = unsafe Self.context(of: frame), context.isBelow(self) {
                unsafe frame.pointee.identifier = 0
            }
            unsafe next = unsafe frame.pointee.outer
        }
    }

    @inline(never)
    private func find(_ frame: UnsafeMutablePointer<WatchFrame>, within: UInt64) {
        var around = unsafe within == 0 ? nil : frame.pointee.outer.flatMap { unsafe Self.context(of: $0) }
        // A thread may go on from one pipeline into another; their watches do not meet.
        if let other = around, other.meter.scope !== scope { around = nil }
        let context = scope.context(of: self, within: around)
        unsafe cache.pointee = unsafe Cache(
            outer: within, identifier: context.identifier, context: Unmanaged.passUnretained(context))
    }

    /// Ends a lap: keeps it until the outermost one ends, or commits all if this is the outermost.
    @inline(__always)
    package func leave(
        _ frame: UnsafeMutablePointer<WatchFrame>, at now: UInt64, passed: Bool, flushed: Bool, position: UInt64
    ) {
        guard let context = unsafe frame.pointee.context else { return }
        lastPosition.store(position, ordering: .relaxed)
        let isBroken = unsafe flushed || breaks.load(ordering: .relaxed) != frame.pointee.breaks
        // A push that is refused at once is not a lap; one that reached another watch must include that one's.
        let counts = unsafe passed || frame.pointee.countedInside
        unsafe Unmanaged<WatchContext>.fromOpaque(context)._withUnsafeGuaranteedRef { context in
            guard let series = unsafe context.series, let tree = unsafe context.tree else { return }
            if isBroken { unsafe tree._withUnsafeGuaranteedRef { $0.invalidate() } }
            let taken = unsafe now > frame.pointee.start ? now &- frame.pointee.start : 0
            let reparented = unsafe frame.pointee.reparented
            let length = taken > reparented ? taken &- reparented : 0
            if context.isOutermost {
                unsafe tree._withUnsafeGuaranteedRef { tree in
                    unsafe series._withUnsafeGuaranteedRef { series in
                        if counts { tree.commit(length, of: series) } else { tree.commit() }
                    }
                }
                return
            }
            guard counts else { return }
            unsafe tree._withUnsafeGuaranteedRef { tree in
                unsafe series._withUnsafeGuaranteedRef { tree.stage(length, of: $0) }
            }
            if let outer = unsafe frame.pointee.outer { unsafe outer.pointee.countedInside = true }
            if context.isReparented { unsafe reparent(length, of: context, frame) }
        }
    }

    /// A dotted path made this a child of a watch further out: the watches between do not hold its time.
    @inline(never)
    private func reparent(_ length: UInt64, of context: WatchContext, _ frame: UnsafeMutablePointer<WatchFrame>) {
        guard let parent = context.parent else { return }
        let address = unsafe UnsafeRawPointer(Unmanaged.passUnretained(parent).toOpaque())
        var next = unsafe frame.pointee.outer
        while let between = unsafe next, unsafe between.pointee.context != address {
            unsafe between.pointee.reparented &+= length
            unsafe next = unsafe between.pointee.outer
        }
    }

    private static func context(of frame: UnsafeMutablePointer<WatchFrame>) -> WatchContext? {
        guard let context = unsafe frame.pointee.context else { return nil }
        return unsafe Unmanaged<WatchContext>.fromOpaque(context).takeUnretainedValue()
    }
}
