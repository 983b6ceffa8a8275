import CGStreamer
import Synchronization

/// An application in Swift, with the runtime of the system, that loads the plugin, which contains another one.
@main struct Host {
    static func main() async {
        gst_init(nil, nil)
        let text = "fakesrc num-buffers=300 ! timepiecetick name=tick interval=1000000 ! fakesink"
        guard let pipeline = unsafe gst_parse_launch(text, nil) else { return finish(false) }
        unsafe gst_element_set_state(pipeline, GST_STATE_PLAYING)
        // The runtime of the application is in use at the same time.
        let sum = await withTaskGroup(of: Int.self) { group in
            for number in 0..<100 { group.addTask { [String](repeating: "x", count: number).joined().count } }
            var sum = 0
            for await count in group { sum += count }
            return sum
        }
        guard let bus = unsafe gst_element_get_bus(pipeline) else { return finish(false) }
        let types = GstMessageType(GST_MESSAGE_EOS.rawValue | GST_MESSAGE_ERROR.rawValue)
        let message = unsafe gst_bus_timed_pop_filtered(bus, 30 * 1_000_000_000, types)
        let ended = unsafe message?.pointee.type == GST_MESSAGE_EOS
        unsafe gst_element_set_state(pipeline, GST_STATE_NULL)
        unsafe gst_object_unref(pipeline)
        finish(ended && sum == 4950)
    }

    private static func finish(_ good: Bool) {
        print(good ? "300 buffers" : "failed")
    }
}
