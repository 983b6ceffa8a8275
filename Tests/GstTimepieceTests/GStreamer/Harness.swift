import CGStreamerCheck

/// One element between two pads of the test's own, playing, with a log of its messages.
@safe final class Harness {
    let element: Element
    let messages: MessageLog
    private let pointer: UnsafeMutablePointer<GstHarness>

    /// Puts an element of a factory into a harness.
    ///
    /// - Parameters:
    ///   - factory: the element to make.
    ///   - properties: set as gst-launch does, before the element starts.
    ///   - linked: whether something follows the element.
    /// - Throws: ``TestFailure`` if there is no such element.
    init(_ factory: String, _ properties: KeyValuePairs<String, String> = [:], linked: Bool = true) throws {
        element = try Element(factory: factory)
        for (property, text) in properties { element.set(property, text) }
        guard let bus = unsafe gst_bus_new() else { throw TestFailure("No bus can be made.") }
        messages = unsafe MessageLog(taking: bus)
        unsafe gst_element_set_bus(element.pointer, bus)
        guard let made = unsafe gst_harness_new_with_element(element.pointer, "sink", linked ? "src" : nil) else {
            throw TestFailure("The element \(factory) does not fit into a harness.")
        }
        unsafe pointer = unsafe made
    }

    deinit {
        unsafe gst_harness_teardown(pointer)
        unsafe gst_element_set_bus(element.pointer, nil)
    }

    /// The pad before the element, and the one after it.
    var upstream: UnsafeMutablePointer<GstPad> { unsafe pointer.pointee.srcpad }
    var downstream: UnsafeMutablePointer<GstPad> { unsafe pointer.pointee.sinkpad }

    /// Sends stream-start, caps and segment.
    func begin(caps: String = "application/x-test") {
        unsafe gst_harness_set_src_caps_str(pointer, caps)
    }

    func buffer(bytes: Int = 16, at time: UInt64? = nil) throws -> UnsafeMutablePointer<GstBuffer> {
        guard let buffer = unsafe gst_harness_create_buffer(pointer, UInt(bytes)) else {
            throw TestFailure("No buffer can be made.")
        }
        if let time { unsafe buffer.pointee.pts = UInt(time) }
        return unsafe buffer
    }

    /// Pushes a buffer of the given size and time and hands back what the element answers.
    func push(bytes: Int = 16, at time: UInt64? = nil) throws -> GstFlowReturn {
        unsafe gst_harness_push(pointer, try buffer(bytes: bytes, at: time))
    }

    func push(_ buffer: UnsafeMutablePointer<GstBuffer>) -> GstFlowReturn {
        unsafe gst_harness_push(pointer, buffer)
    }

    /// Pushes a list of the given number of buffers.
    func pushList(of count: Int, bytes: Int = 16) throws -> GstFlowReturn {
        guard let list = unsafe gst_buffer_list_new() else { throw TestFailure("No buffer list can be made.") }
        for _ in 0..<count { unsafe gst_buffer_list_insert(list, -1, try buffer(bytes: bytes)) }
        return unsafe gst_pad_push_list(upstream, list)
    }

    /// Sends an event down, or up from behind the element.
    func push(event: UnsafeMutablePointer<GstEvent>) -> Bool {
        unsafe gst_harness_push_event(pointer, event) != 0
    }

    func push(upstreamEvent event: UnsafeMutablePointer<GstEvent>) -> Bool {
        unsafe gst_harness_push_upstream_event(pointer, event) != 0
    }

    /// Takes the next buffer that came out.
    func pull() -> UnsafeMutablePointer<GstBuffer>? {
        unsafe gst_harness_try_pull(pointer)
    }

    /// The types of the events that have come out at the top since the last call, in order.
    func upstreamEvents() -> [String] {
        var types: [String] = []
        while let event = unsafe gst_harness_try_pull_upstream_event(pointer) {
            types.append(unsafe String(cString: gst_event_type_get_name(event.pointee.type)))
            unsafe gst_event_unref(event)
        }
        return types
    }

    /// Makes what follows the element answer every buffer and list with one flow return.
    func answer(_ flow: GstFlowReturn) {
        // The flow return travels as the address that the chain functions find in their pad.
        let data = unsafe UnsafeMutableRawPointer(bitPattern: Int(flow.rawValue))
        unsafe gst_pad_set_chain_function_full(
            downstream,
            { pad, _, buffer in
                unsafe gst_buffer_unref(buffer)
                return unsafe GstFlowReturn(Int32(truncatingIfNeeded: Int(bitPattern: pad?.pointee.chaindata)))
            }, data, nil)
        unsafe gst_pad_set_chain_list_function_full(
            downstream,
            { pad, _, list in
                unsafe gst_buffer_list_unref(list)
                return unsafe GstFlowReturn(Int32(truncatingIfNeeded: Int(bitPattern: pad?.pointee.chainlistdata)))
            }, data, nil)
    }
}
