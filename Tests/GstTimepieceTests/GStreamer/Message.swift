import CGStreamerCheck

/// A message of the bus as a plain value, so that keeping it keeps no element alive.
struct Message: Sendable {
    /// The text of an error or a warning.
    struct Complaint: Sendable {
        /// The name of the GQuark, such as `gst-resource-error-quark`.
        let domain: String
        let code: Int
        let text: String
    }

    /// GStreamer's name for the type: `element`, `eos`, `error`…
    let type: String
    /// The name of the object that posted it.
    let source: String
    let structure: Structure?
    let complaint: Complaint?

    init(_ message: UnsafeMutablePointer<GstMessage>) {
        type = unsafe String(cString: gst_message_type_get_name(message.pointee.type))
        source =
            unsafe message.pointee.src.map { source in
                let name = unsafe gst_object_get_name(source)
                defer { unsafe g_free(name) }
                return unsafe name.map { unsafe String(cString: $0) } ?? ""
            } ?? ""
        structure = unsafe gst_message_get_structure(message).map { unsafe Structure($0) }
        complaint = unsafe Complaint(message)
    }
}

extension Message.Complaint {
    init?(_ message: UnsafeMutablePointer<GstMessage>) {
        var error: UnsafeMutablePointer<GError>?
        if unsafe message.pointee.type == GST_MESSAGE_ERROR {
            unsafe gst_message_parse_error(message, &error, nil)
        } else if unsafe message.pointee.type == GST_MESSAGE_WARNING {
            unsafe gst_message_parse_warning(message, &error, nil)
        }
        guard let error = unsafe error else { return nil }
        defer { unsafe g_error_free(error) }
        domain = unsafe String(cString: g_quark_to_string(error.pointee.domain))
        code = Int(unsafe error.pointee.code)
        text = unsafe String(cString: error.pointee.message)
    }
}
