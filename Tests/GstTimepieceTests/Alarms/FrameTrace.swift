import CGStreamerCheck

/// The time stamps of the buffers that pass a pad, and which of them can be decoded by themselves.
@safe final class FrameTrace: @unchecked Sendable {
    // Sendable: the pad is locked from inside, and all else is in `log`.
    struct Frame: Sendable, Equatable {
        let time: UInt64
        let isKey: Bool
    }

    private let pad: UnsafeMutablePointer<GstPad>
    private var probe: UInt = 0
    private let log = Watched<[Frame]>([])

    init(_ element: Element, pad name: String) throws {
        guard let pad = unsafe gst_element_get_static_pad(element.pointer, name) else {
            throw TestFailure("The element has no pad \(name).")
        }
        unsafe self.pad = unsafe pad
        probe = unsafe gst_pad_add_probe(
            pad, GST_PAD_PROBE_TYPE_BUFFER,
            { _, info, log in
                if let log = unsafe log, let buffer = unsafe gst_pad_probe_info_get_buffer(info) {
                    let flags = unsafe buffer.pointee.mini_object.flags
                    let frame = Frame(
                        time: UInt64(unsafe buffer.pointee.pts),
                        isKey: flags & UInt32(GST_BUFFER_FLAG_DELTA_UNIT.rawValue) == 0)
                    unsafe Unmanaged<Watched<[Frame]>>.fromOpaque(log).takeUnretainedValue()
                        .update { $0.append(frame) }
                }
                return GST_PAD_PROBE_OK
            }, Unmanaged.passRetained(log).toOpaque(),
            { log in
                if let log = unsafe log { unsafe Unmanaged<Watched<[Frame]>>.fromOpaque(log).release() }
            })
    }

    deinit {
        unsafe gst_pad_remove_probe(pad, probe)
        unsafe gst_object_unref(pad)
    }

    var frames: [Frame] { log.update { $0 } }

    /// The key frames by their numbers in the order of presentation, at a whole number of frames a second.
    func keyFrames(rate: UInt64) -> [UInt64] {
        let frames = frames
        guard let start = frames.map(\.time).min() else { return [] }
        return frames.filter(\.isKey).map { (($0.time - start) * rate + 500_000_000) / 1_000_000_000 }
    }
}
