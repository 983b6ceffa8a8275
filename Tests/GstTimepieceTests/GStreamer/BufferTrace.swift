import CGStreamerCheck

/// What passes a pad, written down by a probe: buffers and lists by their addresses, and events.
@safe final class BufferTrace: @unchecked Sendable {
    // Sendable: the pad is locked from inside, and all else is in `log`.
    struct Entry: Sendable, Equatable {
        /// The buffer or the list.
        let address: UInt
        /// The memory of each buffer: the same address means that nothing was copied.
        let memories: [UInt]
        /// The buffers that came as one.
        let count: Int
        let bytes: UInt64
        /// How many hold a reference; 1 is writable.
        let references: Int32
    }

    private struct Log {
        var entries: [Entry] = []
        var buffers: UInt64 = 0
        var events: [String] = []
    }

    private let pad: UnsafeMutablePointer<GstPad>
    private var probe: UInt = 0
    private let log = Watched(Log())

    /// Begins to trace a pad of an element.
    init(_ element: Element, pad name: String) throws {
        guard let pad = unsafe gst_element_get_static_pad(element.pointer, name) else {
            throw TestFailure("The element has no pad \(name).")
        }
        unsafe self.pad = unsafe pad
        let mask = GstPadProbeType(
            rawValue: GST_PAD_PROBE_TYPE_BUFFER.rawValue | GST_PAD_PROBE_TYPE_BUFFER_LIST.rawValue
                | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM.rawValue | GST_PAD_PROBE_TYPE_EVENT_FLUSH.rawValue)
        probe = unsafe gst_pad_add_probe(
            pad, mask,
            { _, info, log in
                if let info = unsafe info, let log = unsafe log {
                    unsafe BufferTrace.note(info, in: Unmanaged.fromOpaque(log).takeUnretainedValue())
                }
                return GST_PAD_PROBE_OK
            }, Unmanaged.passRetained(log).toOpaque(),
            { log in
                if let log = unsafe log { unsafe Unmanaged<Watched<Log>>.fromOpaque(log).release() }
            })
    }

    deinit {
        unsafe gst_pad_remove_probe(pad, probe)
        unsafe gst_object_unref(pad)
    }

    /// The buffers and lists that passed, in order.
    var entries: [Entry] { log.update { $0.entries } }
    /// How many buffers passed, those in lists each counted.
    var buffers: UInt64 { log.update { $0.buffers } }
    var bytes: UInt64 { entries.reduce(0) { $0 + $1.bytes } }
    /// The types of the events that passed, in order.
    var events: [String] { log.update { $0.events } }

    /// Waits until so many buffers have passed in all.
    func wait(forBuffers count: UInt64) throws {
        guard log.wait(until: { $0.buffers >= count }) else {
            throw TestFailure("Only \(buffers) of \(count) buffers passed.")
        }
    }

    private static func note(_ info: UnsafeMutablePointer<GstPadProbeInfo>, in log: Watched<Log>) {
        if let event = unsafe gst_pad_probe_info_get_event(info) {
            let name = unsafe String(cString: gst_event_type_get_name(event.pointee.type))
            log.update { $0.events.append(name) }
        } else if let entry = unsafe Entry(info) {
            log.update {
                $0.entries.append(entry)
                $0.buffers += UInt64(entry.count)
            }
        }
    }
}

extension BufferTrace.Entry {
    fileprivate init?(_ info: UnsafeMutablePointer<GstPadProbeInfo>) {
        if unsafe info.pointee.type.rawValue & GST_PAD_PROBE_TYPE_BUFFER_LIST.rawValue != 0 {
            guard let list = unsafe gst_pad_probe_info_get_buffer_list(info) else { return nil }
            unsafe self.init(list)
        } else {
            guard let buffer = unsafe gst_pad_probe_info_get_buffer(info) else { return nil }
            unsafe self.init(buffer)
        }
    }

    init(_ buffer: UnsafeMutablePointer<GstBuffer>) {
        address = UInt(bitPattern: buffer)
        memories = unsafe Self.memories(of: buffer)
        count = 1
        bytes = UInt64(unsafe gst_buffer_get_size(buffer))
        references = unsafe buffer.pointee.mini_object.refcount
    }

    init(_ list: OpaquePointer) {
        let buffers = unsafe (0..<gst_buffer_list_length(list)).compactMap { unsafe gst_buffer_list_get(list, $0) }
        address = UInt(bitPattern: list)
        memories = unsafe buffers.flatMap { unsafe Self.memories(of: $0) }
        count = unsafe buffers.count
        bytes = UInt64(unsafe gst_buffer_list_calculate_size(list))
        references = unsafe UnsafeMutableRawPointer(list).assumingMemoryBound(to: GstMiniObject.self).pointee.refcount
    }

    private static func memories(of buffer: UnsafeMutablePointer<GstBuffer>) -> [UInt] {
        unsafe (0..<gst_buffer_n_memory(buffer)).map {
            UInt(bitPattern: unsafe gst_buffer_peek_memory(buffer, $0))
        }
    }
}
