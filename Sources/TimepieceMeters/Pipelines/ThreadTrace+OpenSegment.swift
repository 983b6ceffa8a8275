import Synchronization
import Timepiece

extension ThreadTrace {
    /// A segment that is open.
    struct OpenSegment {
        let element: ElementTrace
        let store: PadTrace?
        let mode: Mode
        let since: UInt64
        let length: UInt64
        let wait: UInt64
        let reason: ElementTrace.Wait
    }

    /// Reads the open segment, from another thread; nil if there is none, or it is being changed.
    ///
    /// - Parameters:
    ///   - processor: how long the thread ran in the window, or was ready to run.
    ///   - duration: the length of the window.
    func openSegment(processor: UInt64, of duration: UInt64, at now: UInt64) -> OpenSegment? {
        let since = openSince.load(ordering: .acquiring)
        let frame = unsafe frames + depth.load(ordering: .acquiring)
        let element = unsafe frame.pointee.element.load(ordering: .acquiring)?.takeUnretainedValue()
        let pad = unsafe frame.pointee.pad.load(ordering: .acquiring)?.takeUnretainedValue()
        let mode = unsafe frame.pointee.mode.load(ordering: .acquiring)
        let deadline = unsafe frame.pointee.deadline.load(ordering: .acquiring)
        let serial = unsafe frame.pointee.serial.load(ordering: .acquiring)
        guard since > 0, let element, openSince.load(ordering: .acquiring) == since,
            element.serial.load(ordering: .acquiring) == serial
        else { return nil }
        let begin = max(since, element.countsSince.load(ordering: .relaxed))
        guard now > begin else { return nil }
        let length = now - begin
        let (wait, reason): (UInt64, ElementTrace.Wait)
        switch mode {
        case .work: (wait, reason) = (0, .none)
        case .loop:
            // The segment spans the window, so the thread's time is the segment's.
            let rests = length >= Self.longLoop && length >= duration / 2
            (wait, reason) = (rests ? length - min(length, processor) : 0, .none)
        case .room: (wait, reason) = (length >= Self.shortestWait ? length : 0, .queueFull)
        case .starved: (wait, reason) = (length >= Self.shortestWait ? length : 0, .inputs)
        case .clock: (wait, reason) = (deadline > begin ? min(length, deadline - begin) : 0, .clock)
        case .source, .inputs:
            // The segment spans the window, so the thread's processor time is the segment's.
            let share =
                length >= duration / 2 && duration > 0
                ? min(1, Double(processor) / Double(duration))
                : Double(element.processorShare.load(ordering: .relaxed)) / 65_536
            wait = length - min(length, UInt64(Double(length) * share))
            reason = mode == .source ? .source : .inputs
        }
        return OpenSegment(
            element: element, store: pad, mode: mode, since: since, length: length, wait: wait, reason: reason)
    }
}
