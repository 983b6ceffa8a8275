import CGStreamerCheck
import TestEnvironment

/// Every message that a bus was given, in order, taken in the posting thread so that none is flushed away.
@safe final class MessageLog: @unchecked Sendable {
    // Sendable: the pointer never changes, and the bus is locked from inside.
    private let bus: UnsafeMutablePointer<GstBus>
    private let log: Watched<[Message]>

    /// Takes over the messages of a bus.
    ///
    /// - Parameters:
    ///   - bus: the reference is taken over as well.
    ///   - reaction: called in the posting thread, after the message was noted.
    init(taking bus: UnsafeMutablePointer<GstBus>, reaction: @escaping @Sendable (Message) -> Void = { _ in }) {
        unsafe self.bus = unsafe bus
        let reactions = Reactions(reaction)
        log = reactions.noted
        unsafe gst_bus_set_sync_handler(
            bus,
            { _, message, log in
                if let message = unsafe message, let log = unsafe log {
                    let reactions = unsafe Unmanaged<Reactions<Message>>.fromOpaque(log).takeUnretainedValue()
                    unsafe reactions.note(Message(message))
                }
                return GST_BUS_PASS
            }, Unmanaged.passRetained(reactions).toOpaque(),
            { log in
                if let log = unsafe log { unsafe Unmanaged<Reactions<Message>>.fromOpaque(log).release() }
            })
    }

    deinit {
        unsafe gst_bus_set_sync_handler(bus, nil, nil, nil)
        unsafe gst_object_unref(bus)
    }

    /// Reads the bus itself, where every message waits all the same.
    func read() {
        while let message = unsafe gst_bus_pop(bus) { unsafe gst_message_unref(message) }
    }

    /// The messages so far.
    var all: [Message] { log.update { $0 } }

    /// The structures of the element messages of a name, of one source or of all.
    func structures(_ name: String, from source: String? = nil) -> [Structure] {
        Self.structures(name, from: source, in: all)
    }

    /// The reports of a `timepiecetick`, of one or of all.
    func ticks(from source: String? = nil) -> [Structure] {
        structures("timepiece-tick", from: source)
    }

    /// Waits until the log is as wanted, and says whether that came in time.
    func wait(atMost limit: Duration = patience, until wanted: ([Message]) -> Bool) -> Bool {
        log.wait(atMost: limit, until: wanted)
    }

    /// Waits for the message that is the last one wanted; each is looked at once, in order, which thousands need.
    func wait(atMost limit: Duration = patience, forLast isLast: (Message) -> Bool) -> Bool {
        var read = 0
        return log.wait(atMost: limit) { messages in
            defer { read = messages.count }
            return messages[read...].contains(where: isLast)
        }
    }

    /// Waits until the reports of `timepiecetick` are as wanted.
    func wait(atMost limit: Duration = patience, untilTicks wanted: ([Structure]) -> Bool) -> Bool {
        log.wait(atMost: limit) { wanted(Self.structures("timepiece-tick", from: nil, in: $0)) }
    }

    private static func structures(_ name: String, from source: String?, in messages: [Message]) -> [Structure] {
        messages.filter { $0.type == "element" && (source == nil || $0.source == source) }
            .compactMap(\.structure)
            .filter { $0.name == name }
    }
}
