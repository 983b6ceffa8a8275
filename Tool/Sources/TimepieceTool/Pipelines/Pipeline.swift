import CGStreamer
import Glibc

/// A pipeline made from a gst-launch description, ready to run.
@safe final class Pipeline {
    let element: UnsafeMutablePointer<GstElement>
    /// The user's description.
    let description: String
    /// The same, quoted for a shell.
    let command: String

    /// The state of the live view before the first message.
    var board: LiveBoard {
        unsafe LiveBoard(
            streams: TimepieceElements.tickLabels(of: element),
            order: TimepieceElements.labels(of: element, description: description),
            waiting: TimepieceElements.waitingElements(of: element))
    }

    /// The header of its recording.
    var header: RecordingHeader {
        RecordingHeader(
            description: description, started: RecordingEnvironment.now(), command: command,
            order: unsafe TimepieceElements.labels(of: element, description: description),
            environment: RecordingEnvironment.current())
    }

    /// Starts GStreamer, and finds Timepiece's elements: those in the registry, or else those in the plugin beside the
    /// tool.
    static func startGStreamer() throws(Failure) {
        gst_init(nil, nil)
        if hasElements { return }
        for folder in PluginFolders.besideTool where loadPlugin(in: folder) && hasElements { return }
        throw Failure(
            .unavailable,
            "GStreamer does not find timepiecetick, and libgsttimepiece.so is not beside the tool. Install the plugin, "
                + "or set GST_PLUGIN_PATH to its folder; `gst-inspect-1.0 timepiecetick` shows whether it is found.")
    }

    private static var hasElements: Bool {
        guard let factory = unsafe gst_element_factory_find("timepiecetick") else { return false }
        unsafe gst_object_unref(UnsafeMutableRawPointer(factory))
        return true
    }

    private static func loadPlugin(in folder: String) -> Bool {
        let path = folder + "/libgsttimepiece.so"
        guard unsafe access(path, R_OK) == 0, let plugin = unsafe gst_plugin_load_file(path, nil) else { return false }
        unsafe gst_object_unref(UnsafeMutableRawPointer(plugin))
        return true
    }

    /// Makes the pipeline.
    ///
    /// - Parameters:
    ///   - words: one description, or its words as passed by a shell.
    ///   - interval: how often each of Timepiece's elements reports; nil leaves that to the description.
    init(words: [String], interval: Duration?) throws(Failure) {
        description = try Self.checkedWords(words).joined(separator: " ")
        command = LaunchWords.quoted(words)
        unsafe element = try Self.parse(words)
        if let nanoseconds = interval?.nanoseconds {
            unsafe TimepieceElements.set(interval: nanoseconds, of: element)
        }
    }

    /// The words, if there are any; checked before GStreamer is started, which takes time.
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
        // Elements are in the pipeline itself, as with gst-launch-1.0, so that their paths are their names.
        let flags = GST_PARSE_FLAG_FATAL_ERRORS
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
            throw Failure(.usage, "The description is not a pipeline: \(text).")
        }
        guard let parsed = unsafe parsed else { throw Failure(.usage, "The description is not a pipeline.") }
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
