import CGStreamerCheck

/// A record of a pad: the buffers and lists that pass it, by their addresses, and the events, all in order.
final class BufferTrace: Sendable {
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

    private let log: Watched<Log>
    private let probe: PadProbe

    /// Begins to trace a pad of an element.
    init(_ element: Element, pad name: String) throws {
        let log = Watched(Log())
        self.log = log
        probe = try PadProbe(
            element, pad: name, GST_PAD_PROBE_TYPE_BUFFER, GST_PAD_PROBE_TYPE_BUFFER_LIST,
            GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, GST_PAD_PROBE_TYPE_EVENT_FLUSH
        ) { sight in
            BufferTrace.note(sight, in: log)
        }
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

    /// Waits until the given number of buffers have passed in all.
    func wait(forBuffers count: UInt64) throws {
        guard log.wait(until: { $0.buffers >= count }) else {
            throw TestFailure("Only \(buffers) of \(count) buffers passed.")
        }
    }

    private static func note(_ sight: PadProbe.Sight, in log: Watched<Log>) {
        if sight.type & GST_PAD_PROBE_TYPE_BUFFER.rawValue != 0 {
            guard let buffer = unsafe sight.buffer else { return }
            let references = unsafe buffer.pointee.mini_object.refcount
            let passage = unsafe Passage(buffer)
            log.update { $0.add(passage, references: references) }
        } else if sight.type & GST_PAD_PROBE_TYPE_BUFFER_LIST.rawValue != 0 {
            guard let list = unsafe sight.list else { return }
            let object = unsafe UnsafeMutableRawPointer(list).assumingMemoryBound(to: GstMiniObject.self)
            let references = unsafe object.pointee.refcount
            let passage = unsafe Passage(list)
            log.update { $0.add(passage, references: references) }
        } else if let event = unsafe sight.event {
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
