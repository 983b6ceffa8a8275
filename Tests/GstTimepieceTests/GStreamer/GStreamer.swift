import CGStreamerCheck
import GstTimepiece

/// GStreamer in the test process: initialized once, with the elements linked in instead of loaded.
///
/// Whatever it, or GLib, finds critical ends the process, and what is never freed fails it.
enum GStreamer {
    private static let started: Bool = {
        // As G_DEBUG=fatal-criticals, which GLib has read long before.
        g_log_set_always_fatal(
            GLogLevelFlags(
                rawValue: G_LOG_LEVEL_CRITICAL.rawValue | G_LOG_LEVEL_ERROR.rawValue | G_LOG_FLAG_RECURSION.rawValue))
        Leaks.follow()
        gst_init(nil, nil)
        gst_plugin_timepiece_register()
        return true
    }()

    /// Makes sure that elements can be made; everything here that makes one calls it first.
    static func start() {
        _ = started
    }
}
