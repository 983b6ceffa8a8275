import CGStreamerCheck

/// A pad that is pulled from and one that pulls, around elements: pull mode without a file.
@safe final class PullPeers {
    private let elements: [Element]
    private let source: UnsafeMutablePointer<GstPad>
    private let sink: UnsafeMutablePointer<GstPad>

    /// Activates an element in pull mode.
    ///
    /// - Parameters:
    ///   - element: the element, in NULL.
    ///   - flow: what the source answers; a buffer comes with `GST_FLOW_OK` only.
    /// - Throws: ``TestFailure`` if the element refuses.
    convenience init(around element: Element, answering flow: GstFlowReturn) throws {
        try self.init(around: [element], answering: flow)
    }

    /// Activates elements, each linked to the next one, in pull mode.
    init(around elements: [Element], answering flow: GstFlowReturn = GST_FLOW_OK) throws {
        for (element, next) in zip(elements, elements.dropFirst()) {
            guard unsafe gst_element_link(element.pointer, next.pointer) != 0 else {
                throw TestFailure("The elements cannot be linked.")
            }
        }
        guard let foremost = elements.first, let hindmost = elements.last,
            let source = unsafe gst_pad_new("source", GST_PAD_SRC),
            let sink = unsafe gst_pad_new("sink", GST_PAD_SINK),
            let first = unsafe gst_element_get_static_pad(foremost.pointer, "sink"),
            let last = unsafe gst_element_get_static_pad(hindmost.pointer, "src")
        else { throw TestFailure("The pads for pull mode cannot be had.") }
        defer {
            unsafe gst_object_unref(first)
            unsafe gst_object_unref(last)
        }
        self.elements = elements
        unsafe self.source = unsafe source
        unsafe self.sink = unsafe sink
        unsafe gst_object_ref_sink(source)
        unsafe gst_object_ref_sink(sink)
        // The flow return travels as the address that the function finds in its pad.
        unsafe gst_pad_set_getrange_function_full(
            source,
            { pad, _, _, length, buffer in
                let flow = unsafe Int32(truncatingIfNeeded: Int(bitPattern: pad?.pointee.getrangedata))
                if flow == GST_FLOW_OK.rawValue {
                    unsafe buffer?.pointee = unsafe gst_buffer_new_allocate(nil, UInt(length), nil)
                }
                return GstFlowReturn(flow)
            }, UnsafeMutableRawPointer(bitPattern: Int(flow.rawValue)), nil)
        unsafe gst_pad_set_activatemode_function_full(source, { _, _, _, _ in 1 }, nil, nil)
        unsafe gst_pad_set_activatemode_function_full(sink, { _, _, _, _ in 1 }, nil, nil)
        guard unsafe gst_pad_link(source, first) == GST_PAD_LINK_OK,
            unsafe gst_pad_link(last, sink) == GST_PAD_LINK_OK,
            unsafe gst_pad_activate_mode(sink, GST_PAD_MODE_PULL, 1) != 0
        else { throw TestFailure("The element cannot be activated in pull mode.") }
        for element in elements { _ = element.set(GST_STATE_PLAYING) }
    }

    deinit {
        unsafe gst_pad_set_active(sink, 0)
        for element in elements { _ = element.set(GST_STATE_NULL) }
        unsafe gst_object_unref(sink)
        unsafe gst_object_unref(source)
    }

    /// Pulls a stretch and returns the answer and, if one came, the size of the buffer.
    func pull(_ length: Int) -> (flow: GstFlowReturn, bytes: Int?) {
        var buffer: UnsafeMutablePointer<GstBuffer>?
        let flow = unsafe gst_pad_pull_range(sink, 0, UInt32(length), &buffer)
        guard let buffer = unsafe buffer else { return (flow, nil) }
        defer { unsafe gst_buffer_unref(buffer) }
        return (flow, Int(unsafe gst_buffer_get_size(buffer)))
    }
}
