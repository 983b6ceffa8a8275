// Runs a pipeline as fast as it can and says how many times faster than real time each point of it is.
//
// Why: to know whether a machine has capacity for a second camera before it is added.
//
//     swift run headroom "videotestsrc num-buffers=300 ! timepiecetick ! x264enc ! timepiecetick ! fakesink"
import CGStreamer
import Glibc
import TimepieceMessages

@main struct Headroom {
    static func main() {
        gst_init(nil, nil)
        guard CommandLine.arguments.count == 2 else {
            print("usage: headroom \"<gst-launch description>\"")
            exit(64)
        }
        var error: UnsafeMutablePointer<GError>?
        guard let pipeline = unsafe gst_parse_launch(CommandLine.arguments[1], &error) else {
            print(unsafe error.map { unsafe String(cString: $0.pointee.message) } ?? "This makes no pipeline.")
            exit(64)
        }
        unsafe gst_element_set_state(pipeline, GST_STATE_PLAYING)
        let succeeded = unsafe follow(gst_element_get_bus(pipeline))
        unsafe gst_element_set_state(pipeline, GST_STATE_NULL)
        unsafe gst_object_unref(pipeline)
        exit(succeeded ? 0 : 1)
    }

    /// Reads the bus until the stream ends, then prints what each label had.
    static func follow(_ bus: UnsafeMutablePointer<GstBus>?) -> Bool {
        let wanted = GstMessageType(
            GST_MESSAGE_ELEMENT.rawValue | GST_MESSAGE_EOS.rawValue | GST_MESSAGE_ERROR.rawValue)
        var points: [String: (intervals: UInt64, time: Duration, nominal: Double)] = [:]
        defer { unsafe gst_object_unref(bus) }
        while let message = unsafe gst_bus_timed_pop_filtered(bus, .max, wanted) {
            defer { unsafe gst_message_unref(message) }
            if unsafe message.pointee.type == GST_MESSAGE_ERROR { return false }
            if unsafe message.pointee.type == GST_MESSAGE_EOS { break }
            do {
                guard case .tick(let tick) = unsafe try TimepieceMessage(message) else { continue }
                let before = points[tick.label] ?? (0, .zero, 0)
                points[tick.label] = (
                    before.intervals + tick.intervals.count, before.time + tick.intervals.sum, tick.nominalRate
                )
            } catch {
                print(error)
            }
        }
        for (label, point) in points.sorted(by: { $0.key < $1.key }) where point.time > .zero {
            let rate = Double(point.intervals) / (point.time / .seconds(1))
            let times = point.nominal > 0 ? rate / point.nominal : 0
            let rounded = (times * 10).rounded() / 10
            print("\(label): \(Int(rate)) buffers a second" + (times > 0 ? ", \(rounded) times real time" : ""))
        }
        return true
    }
}
