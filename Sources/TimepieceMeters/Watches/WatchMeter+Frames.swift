import Synchronization
import Timepiece

/// A push (or pull) in progress, in memory of its thread's stack.
///
/// The caller sets `outer` before it enters and `start` after; the rest belongs to the meter. The layout is that of
/// `TimepieceFrame` in timepiece.h, which a test compares.
@unsafe package struct WatchFrame {
    package var outer: UnsafeMutablePointer<WatchFrame>?
    /// The instant in nanoseconds.
    package var start: UInt64
    var context: UnsafeRawPointer?
    var identifier: UInt64
    /// The time that belongs to a parent further out than this.
    var reparented: UInt64
    /// How often laps had been interrupted when this began.
    var breaks: UInt64
    var countedInside: Bool
    /// Whether the frame holds a reference to its context, because a watch was stopped inside this push.
    package fileprivate(set) var isHeld: Bool

    /// Takes the context that was found last.
    @inline(__always)
    mutating func enter(_ cache: WatchMeter.Cache, breaks: UInt64) {
        unsafe context = cache.context.map { unsafe UnsafeRawPointer($0.toOpaque()) }
        unsafe identifier = cache.identifier
        unsafe reparented = 0
        unsafe self.breaks = breaks
        unsafe countedInside = false
        unsafe isHeld = false
    }

    fileprivate mutating func hold() {
        guard unsafe !isHeld, let context = unsafe context else { return }
        _ = unsafe Unmanaged<WatchContext>.fromOpaque(context).retain()
        unsafe isHeld = true
    }

    /// Releases the references of a held frame.
    package mutating func release() {
        guard unsafe isHeld, let context = unsafe context else { return }
        unsafe isHeld = false
        let held = unsafe Unmanaged<WatchContext>.fromOpaque(context)
        // Staged laps inside an outermost lap in progress refer to the context.
        if unsafe outer != nil, let tree = unsafe held.takeUnretainedValue().tree {
            unsafe tree.takeUnretainedValue().keep(held.takeUnretainedValue())
        }
        unsafe held.release()
    }
}

// The functions of a push through a watch. The frames of a thread are a list from the innermost to the outermost.
extension WatchMeter {
    /// Keeps the objects that the pushes of this thread use, before this watch is stopped inside one of them.
    ///
    /// - Parameter innermost: the thread's frames, from the innermost one out.
    package func hold(_ innermost: UnsafeMutablePointer<WatchFrame>?) {
        var next = unsafe innermost
        while let frame = unsafe next {
            unsafe frame.pointee.hold()
            // Watches entered further in are not below a stopped watch, whose contexts are removed.
            if let context = unsafe Self.context(of: frame), context.isBelow(self) {
                unsafe frame.pointee.identifier = 0
            }
            unsafe next = unsafe frame.pointee.outer
        }
    }

    /// Finds the context, and keeps it for the next push.
    func find(_ frame: UnsafeMutablePointer<WatchFrame>, within: UInt64) {
        var around = unsafe within == 0 ? nil : frame.pointee.outer.flatMap { unsafe Self.context(of: $0) }
        // A thread may pass from one pipeline into another; their watches are not related.
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
        // A push that is refused immediately is not a lap; a push that reached another watch must include that watch's
        // lap.
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

    /// A dotted path made this a child of a watch further out: the watches in between do not include its time.
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
