import CGStreamerCheck
import GstTimepiece

/// GStreamer in the test process: initialized once, with the elements linked in instead of loaded.
enum GStreamer {
    private static let started: Bool = {
        gst_init(nil, nil)
        gst_plugin_timepiece_register()
        return true
    }()

    /// Makes sure that elements can be made; everything here that makes one calls it first.
    static func start() {
        _ = started
    }
}
