import CGStreamerCheck

extension Harness {
    /// Sends a segment in time that follows on nothing.
    func pushSegment(start: UInt64, stop: UInt64? = nil, rate: Double, offset: UInt64 = 0) throws {
        guard let segment = unsafe gst_segment_new() else { throw TestFailure("No segment can be made.") }
        defer { unsafe gst_segment_free(segment) }
        unsafe gst_segment_init(segment, GST_FORMAT_TIME)
        unsafe segment.pointee.rate = rate
        unsafe segment.pointee.offset = UInt(offset)
        unsafe segment.pointee.start = UInt(start)
        unsafe segment.pointee.time = UInt(start)
        if let stop { unsafe segment.pointee.stop = UInt(stop) }
        guard let event = unsafe gst_event_new_segment(segment), unsafe push(event: event) else {
            throw TestFailure("The segment is refused.")
        }
    }

    /// Flushes as a seek does.
    func flush() throws {
        guard let start = unsafe gst_event_new_flush_start(), unsafe push(event: start),
            let stop = unsafe gst_event_new_flush_stop(1), unsafe push(event: stop)
        else { throw TestFailure("The flush is refused.") }
    }
}
