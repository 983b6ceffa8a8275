import CGStreamerCheck

/// What passes a pad, written down by a probe: buffers and lists by their addresses, and events, all in order.
@safe final class BufferTrace: @unchecked Sendable {
    // Sendable: the pad is locked from inside, and all else is in `log`.
    enum Item: Sendable, Equatable {
        case passage(Passage)
        /// An event by its type and sequence number.
        case event(String, UInt32)
    }

    fileprivate struct Log {
        var items: [Item] = []
        var references: [Int32] = []
        var buffers: UInt64 = 0
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

    /// All that passed, in order.
    var items: [Item] { log.update { $0.items } }
    /// The buffers and lists that passed, in order.
    var passages: [Passage] {
        items.compactMap { item in
            guard case .passage(let passage) = item else { return nil }
            return passage
        }
    }
    /// The types of the events that passed, in order.
    var events: [String] {
        items.compactMap { item in
            guard case .event(let type, _) = item else { return nil }
            return type
        }
    }
    /// How many held each buffer or list when it passed; 1 is writable.
    var references: [Int32] { log.update { $0.references } }
    /// How many buffers passed, those in lists each counted.
    var buffers: UInt64 { log.update { $0.buffers } }
    var bytes: UInt64 { passages.reduce(0) { $0 + $1.bytes } }

    /// Waits until so many buffers have passed in all.
    func wait(forBuffers count: UInt64) throws {
        guard log.wait(until: { $0.buffers >= count }) else {
            throw TestFailure("Only \(buffers) of \(count) buffers passed.")
        }
    }

    private static func note(_ info: UnsafeMutablePointer<GstPadProbeInfo>, in log: Watched<Log>) {
        let type = unsafe info.pointee.type.rawValue
        if type & GST_PAD_PROBE_TYPE_BUFFER.rawValue != 0 {
            guard let buffer = unsafe gst_pad_probe_info_get_buffer(info) else { return }
            let references = unsafe buffer.pointee.mini_object.refcount
            let passage = unsafe Passage(buffer)
            log.update { $0.add(passage, references: references) }
        } else if type & GST_PAD_PROBE_TYPE_BUFFER_LIST.rawValue != 0 {
            guard let list = unsafe gst_pad_probe_info_get_buffer_list(info) else { return }
            let object = unsafe UnsafeMutableRawPointer(list).assumingMemoryBound(to: GstMiniObject.self)
            let references = unsafe object.pointee.refcount
            let passage = unsafe Passage(list)
            log.update { $0.add(passage, references: references) }
        } else if let event = unsafe gst_pad_probe_info_get_event(info) {
            let name = unsafe String(cString: gst_event_type_get_name(event.pointee.type))
            let number = unsafe gst_event_get_seqnum(event)
            log.update { $0.items.append(.event(name, number)) }
        }
    }
}

extension BufferTrace.Log {
    mutating func add(_ passage: Passage, references: Int32) {
        items.append(.passage(passage))
        self.references.append(references)
        buffers += UInt64(passage.addresses.count)
    }
}
