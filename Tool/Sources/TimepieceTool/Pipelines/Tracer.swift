import CGStreamer
import Glibc

/// The tracer in the tool's own process, for the pipelines that it runs itself.
@safe enum Tracer {
    /// It exists as long as the process: its registrations cannot be removed.
    nonisolated(unsafe) private static var tracer: UnsafeMutableRawPointer?

    /// Starts it, once, unless GST_TRACERS did; does nothing if GStreamer was built without tracers.
    static func start(interval: Duration?) {
        guard unsafe tracer == nil,
            let feature = unsafe gst_registry_find_feature(
                gst_registry_get(), "timepiece", gst_tracer_factory_get_type())
        else { return }
        defer { unsafe gst_object_unref(UnsafeMutableRawPointer(feature)) }
        if let given = unsafe g_getenv("GST_TRACERS"), unsafe String(cString: given).contains("timepiece") { return }
        guard let loaded = unsafe gst_plugin_feature_load(feature) else { return }
        defer { unsafe gst_object_unref(UnsafeMutableRawPointer(loaded)) }
        let type = unsafe gst_tracer_factory_get_tracer_type(loaded)
        let name = unsafe strdup("params")
        defer { unsafe free(name) }
        var value = GValue()
        unsafe g_value_init(&value, g_type_from_name("gchararray"))
        unsafe g_value_set_string(&value, interval.map { "interval=\($0.nanoseconds)ns" } ?? "")
        defer { unsafe g_value_unset(&value) }
        var names: [UnsafePointer<gchar>?] = unsafe [UnsafePointer(name)]
        unsafe tracer = UnsafeMutableRawPointer(g_object_new_with_properties(type, 1, &names, &value))
    }
}
