import CGStreamerCheck

/// The warnings of `timepiecetick` in GStreamer's debug log while this exists; nothing is printed in that time.
@safe final class DebugLog {
    private let log = Watched<[String]>([])

    init() {
        GStreamer.start()
        gst_debug_remove_log_function(nil)
        gst_debug_set_active(1)
        unsafe gst_debug_set_threshold_for_name("timepiecetick", GST_LEVEL_WARNING)
        unsafe gst_debug_add_log_function(
            Self.note, Unmanaged.passRetained(log).toOpaque(),
            { log in
                if let log = unsafe log { unsafe Unmanaged<Watched<[String]>>.fromOpaque(log).release() }
            })
    }

    deinit {
        unsafe gst_debug_remove_log_function(Self.note)
        unsafe gst_debug_add_log_function(gst_debug_log_default, nil, nil)
    }

    var warnings: [String] { log.update { $0 } }

    private static let note: GstLogFunction = { category, level, _, _, _, _, message, log in
        guard level == GST_LEVEL_WARNING, let category = unsafe category, let message = unsafe message,
            let log = unsafe log, unsafe String(cString: gst_debug_category_get_name(category)) == "timepiecetick",
            let text = unsafe gst_debug_message_get(message)
        else { return }
        let line = unsafe String(cString: text)
        unsafe Unmanaged<Watched<[String]>>.fromOpaque(log).takeUnretainedValue().update { $0.append(line) }
    }
}
