import CGStreamerCheck
import TestEnvironment

/// A running pipeline of a gst-launch description, with a log of its messages; it ends in NULL when released.
@safe final class Pipeline {
    let element: Element
    let messages: MessageLog
    private let accounts: Accounts
    /// Whether nothing was thrown away by a flush, and no buffer waited through a pause.
    private var isWhole = true
    private var hasPlayed = false

    init(_ description: String, reaction: @escaping @Sendable (Message) -> Void = { _ in }) throws {
        GStreamer.start()
        var error: UnsafeMutablePointer<GError>?
        let made = unsafe gst_parse_launch(description, &error)
        if let error = unsafe error {
            let text = unsafe String(cString: error.pointee.message)
            unsafe g_error_free(error)
            if let made = unsafe made { unsafe gst_object_unref(made) }
            throw TestFailure("The pipeline “\(description)” cannot be made: \(text)")
        }
        guard let made = unsafe made, let bus = unsafe gst_element_get_bus(made) else {
            throw TestFailure("The pipeline “\(description)” is not a pipeline.")
        }
        unsafe gst_object_ref_sink(made)
        element = unsafe Element(taking: made)
        messages = unsafe MessageLog(taking: bus, reaction: reaction)
        accounts = try Accounts(element)
    }

    deinit {
        _ = element.set(GST_STATE_NULL)
    }

    /// Returns an element by its name, anywhere in the pipeline.
    func element(_ name: String) throws -> Element { try element.child(name) }

    /// Changes the state and waits until it is reached.
    func set(_ state: GstState) throws {
        let name = unsafe String(cString: gst_element_state_get_name(state))
        guard element.set(state) != GST_STATE_CHANGE_FAILURE else {
            throw TestFailure("The pipeline refuses the state \(name): \(complaints)")
        }
        if hasPlayed { isWhole = false }
        if state == GST_STATE_PLAYING { hasPlayed = true }
        let reached = unsafe gst_element_get_state(element.pointer, nil, nil, 30 * 1_000_000_000)
        guard reached != GST_STATE_CHANGE_FAILURE, reached != GST_STATE_CHANGE_ASYNC else {
            throw TestFailure("The pipeline does not reach the state \(name): \(complaints)")
        }
    }

    func play() throws { try set(GST_STATE_PLAYING) }
    func pause() throws { try set(GST_STATE_PAUSED) }
    func stop() throws { try set(GST_STATE_NULL) }

    /// Waits for a message of a type; an error message ends the wait with a failure.
    func wait(for type: String, count: Int = 1, atMost limit: Duration = patience) throws {
        var found = 0
        let came = messages.wait(atMost: limit) { (message: Message) in
            if message.type == type { found += 1 }
            return found >= count || message.type == "error"
        }
        guard came, !messages.all.contains(where: { $0.type == "error" }) else {
            throw TestFailure("No message \(type) came from the pipeline: \(complaints)")
        }
        // Then every report has been made.
        if type == "eos" { accounts.expectBalance(messages, isWhole: isWhole) }
    }

    /// Lets the sources end the stream, for those that would never end, and waits until it has.
    func end() throws {
        guard unsafe gst_element_send_event(element.pointer, gst_event_new_eos()) != 0 else {
            throw TestFailure("The pipeline refuses to end.")
        }
        try wait(for: "eos")
    }

    /// Plays to the end of the stream.
    func playToEnd(atMost limit: Duration = patience) throws {
        try play()
        try wait(for: "eos", atMost: limit)
    }

    /// Seeks in time.
    func seek(_ flags: GstSeekFlags, from start: UInt64, to stop: UInt64? = nil) throws {
        isWhole = false
        let accepted = unsafe gst_element_seek(
            element.pointer, 1, GST_FORMAT_TIME, flags, GST_SEEK_TYPE_SET, Int(start),
            stop == nil ? GST_SEEK_TYPE_NONE : GST_SEEK_TYPE_SET, Int(stop ?? 0))
        guard accepted != 0 else { throw TestFailure("The pipeline refuses to seek to \(start) ns.") }
    }

    private var complaints: String {
        messages.all.compactMap(\.complaint?.text).joined(separator: " ")
    }
}
