import CGStreamer
import Glibc

/// A pipeline made from a gst-launch description, ready to run.
@safe final class Pipeline {
    let element: UnsafeMutablePointer<GstElement>
    /// As the user gave it.
    let description: String
    /// What was added to it, for a note to the user; empty if nothing.
    private(set) var additions: [String] = []

    /// Starts GStreamer, and finds out whether it knows Timepiece's elements.
    static func startGStreamer() throws(Failure) {
        gst_init(nil, nil)
        guard let factory = unsafe gst_element_factory_find("timepiecetick") else {
            throw Failure(
                .unavailable,
                "GStreamer does not find timepiecetick. Install the plugin, or set GST_PLUGIN_PATH to the folder of "
                    + "libgsttimepiece.so; `gst-inspect-1.0 timepiecetick` tells whether it is found.")
        }
        unsafe gst_object_unref(UnsafeMutableRawPointer(factory))
    }

    /// Makes the pipeline.
    ///
    /// - Parameters:
    ///   - words: one description, or its words as a shell passes them on.
    ///   - watchEveryElement: whether to put a watch in front of each element.
    init(words: [String], watchEveryElement: Bool) throws(Failure) {
        description = try Self.checkedWords(words).joined(separator: " ")
        unsafe element = try Self.parse(words)
        if watchEveryElement {
            let watches = unsafe ElementInsertion.watchEveryElement(of: element)
            guard watches > 0 else {
                throw Failure(.unavailable, "GStreamer does not find timepiecewatch, or there is nothing to watch.")
            }
            additions.append(watches == 1 ? "a watch" : "\(watches) watches")
        }
        if unsafe !ElementInsertion.hasTimepiece(element) || watchEveryElement && !ElementInsertion.hasTick(element) {
            let ticks = unsafe ElementInsertion.tickBeforeEverySink(of: element)
            if ticks > 0 { additions.append(ticks == 1 ? "a timepiecetick before the sink" : "\(ticks) ticks") }
        }
    }

    /// The words, if there are any; asked before GStreamer is started, which takes time.
    static func checkedWords(_ words: [String]) throws(Failure) -> [String] {
        guard !words.isEmpty else {
            throw Failure(
                .usage,
                "No pipeline was given. Give a gst-launch description after --, such as: timepiece top -- "
                    + "videotestsrc is-live=true ! timepiecetick ! fakesink")
        }
        return words
    }

    deinit {
        unsafe gst_element_set_state(element, GST_STATE_NULL)
        unsafe gst_object_unref(element)
    }

    private static func parse(_ words: [String]) throws(Failure) -> UnsafeMutablePointer<GstElement> {
        let flags = GstParseFlags(GST_PARSE_FLAG_FATAL_ERRORS.rawValue | GST_PARSE_FLAG_PLACE_IN_BIN.rawValue)
        var error: UnsafeMutablePointer<GError>?
        let parsed: UnsafeMutablePointer<GstElement>?
        if words.count == 1 {
            unsafe parsed = unsafe gst_parse_launch_full(words[0], nil, flags, &error)
        } else {
            // GStreamer escapes the words as gst-launch-1.0 does.
            var copies = unsafe words.map { unsafe strdup($0) } + [nil]
            defer { unsafe copies.forEach { unsafe free($0) } }
            unsafe parsed = unsafe copies.withUnsafeMutableBufferPointer { copies in
                unsafe copies.withMemoryRebound(to: UnsafePointer<gchar>?.self) { copies in
                    unsafe gst_parse_launchv_full(copies.baseAddress, nil, flags, &error)
                }
            }
        }
        if let problem = unsafe error {
            let text = unsafe String(cString: problem.pointee.message)
            unsafe g_error_free(problem)
            if let parsed = unsafe parsed { unsafe gst_object_unref(parsed) }
            throw Failure(.usage, "This is no pipeline: \(text).")
        }
        guard let parsed = unsafe parsed else { throw Failure(.usage, "This is no pipeline.") }
        if unsafe g_type_check_instance_is_a(instance(parsed), gst_pipeline_get_type()) != 0 { return unsafe parsed }
        guard let pipeline = unsafe gst_pipeline_new(nil) else {
            throw Failure(.unavailable, "GStreamer could not make a pipeline.")
        }
        unsafe gst_bin_add(bin(pipeline), parsed)
        return unsafe pipeline
    }

    static func instance(_ element: UnsafeMutableRawPointer) -> UnsafeMutablePointer<GTypeInstance> {
        unsafe element.assumingMemoryBound(to: GTypeInstance.self)
    }

    static func bin(_ element: UnsafeMutableRawPointer) -> UnsafeMutablePointer<GstBin> {
        unsafe element.assumingMemoryBound(to: GstBin.self)
    }
}
