import CGStreamerCheck

/// Shows all that passes a pad to a function, in the thread in which it passes, until the probe is released.
@safe final class PadProbe: @unchecked Sendable {
    // Sendable: the pad is locked from inside, and nothing else changes.
    typealias Look = @Sendable (Sight) -> Void

    /// The object that is passing.
    @safe struct Sight {
        fileprivate let info: UnsafeMutablePointer<GstPadProbeInfo>

        var type: UInt32 { unsafe info.pointee.type.rawValue }
        var buffer: UnsafeMutablePointer<GstBuffer>? { unsafe gst_pad_probe_info_get_buffer(info) }
        var list: OpaquePointer? { unsafe gst_pad_probe_info_get_buffer_list(info) }
        var event: UnsafeMutablePointer<GstEvent>? { unsafe gst_pad_probe_info_get_event(info) }
    }

    private final class Looker: Sendable {
        let look: Look
        init(_ look: @escaping Look) { self.look = look }
    }

    private let pad: UnsafeMutablePointer<GstPad>
    private let identifier: UInt
    /// Held here as well: GStreamer releases its reference with the pad locked. If that were the last one, and the function
    /// held the last reference to the element of the pad, the end of the element would deadlock on that lock.
    private let looker: Looker

    init(_ element: Element, pad name: String, _ types: GstPadProbeType..., look: @escaping Look) throws {
        guard let pad = unsafe gst_element_get_static_pad(element.pointer, name) else {
            throw TestFailure("The element has no pad \(name).")
        }
        unsafe self.pad = unsafe pad
        let looker = Looker(look)
        self.looker = looker
        identifier = unsafe gst_pad_add_probe(
            pad, GstPadProbeType(rawValue: types.reduce(0) { $0 | $1.rawValue }),
            { _, info, looker in
                if let info = unsafe info, let looker = unsafe looker {
                    unsafe Unmanaged<Looker>.fromOpaque(looker).takeUnretainedValue().look(Sight(info: info))
                }
                return GST_PAD_PROBE_OK
            }, Unmanaged.passRetained(looker).toOpaque(),
            { looker in
                if let looker = unsafe looker { unsafe Unmanaged<Looker>.fromOpaque(looker).release() }
            })
    }

    deinit {
        unsafe gst_pad_remove_probe(pad, identifier)
        unsafe gst_object_unref(pad)
    }
}
