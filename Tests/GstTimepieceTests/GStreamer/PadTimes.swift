import CGStreamerCheck
import Glibc

/// When buffers passed a pad, by a probe and the clock that the elements read.
@safe final class PadTimes: @unchecked Sendable {
    // Sendable: the pad is locked from inside, and all else is in `log`.

    /// A buffer on its way through the pad.
    struct Passing: Sendable {
        let presentation: UInt64
        let instant: UInt64
    }

    private let pad: UnsafeMutablePointer<GstPad>
    private var probe: UInt = 0
    private let log = Watched<[Passing]>([])

    /// Begins to watch a pad of an element.
    init(_ element: Element, pad name: String) throws {
        guard let pad = unsafe gst_element_get_static_pad(element.pointer, name) else {
            throw TestFailure("The element has no pad \(name).")
        }
        unsafe self.pad = unsafe pad
        probe = unsafe gst_pad_add_probe(
            pad, GST_PAD_PROBE_TYPE_BUFFER,
            { _, info, log in
                guard let info = unsafe info, let log = unsafe log,
                    let buffer = unsafe gst_pad_probe_info_get_buffer(info)
                else { return GST_PAD_PROBE_OK }
                let passing = unsafe Passing(presentation: UInt64(buffer.pointee.pts), instant: PadTimes.now)
                let watched = unsafe Unmanaged<Watched<[Passing]>>.fromOpaque(log).takeUnretainedValue()
                watched.update { $0.append(passing) }
                return GST_PAD_PROBE_OK
            }, Unmanaged.passRetained(log).toOpaque(),
            { log in
                if let log = unsafe log { unsafe Unmanaged<Watched<[Passing]>>.fromOpaque(log).release() }
            })
    }

    deinit {
        unsafe gst_pad_remove_probe(pad, probe)
        unsafe gst_object_unref(pad)
    }

    /// What passed, in order.
    var passings: [Passing] { log.update { $0 } }

    /// The clock that the elements read.
    static var now: UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
