import CGStreamerCheck

/// Listens to the signal `alarm` of an element.
@safe final class AlarmSignal: @unchecked Sendable {
    // Sendable: the handler's number never changes, and all else is in `log`.
    private let element: Element
    private let log: Reactions<FiredAlarm>
    private var handler: UInt = 0

    /// - Parameter reaction: called in the thread of the signal, after the alarm was noted.
    init(_ element: Element, reaction: @escaping @Sendable (FiredAlarm) -> Void = { _ in }) {
        self.element = element
        log = Reactions(reaction)
        let callback:
            @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<GstStructure>?, UnsafeMutableRawPointer?) -> Void =
                {
                    _, structure, log in
                    guard let structure = unsafe structure, let log = unsafe log,
                        let alarm = unsafe FiredAlarm(Structure(structure))
                    else { return }
                    unsafe Unmanaged<Reactions<FiredAlarm>>.fromOpaque(log).takeUnretainedValue().note(alarm)
                }
        handler = unsafe g_signal_connect_data(
            element.pointer, "alarm", unsafeBitCast(callback, to: GCallback.self),
            Unmanaged.passUnretained(log).toOpaque(), nil, GConnectFlags(rawValue: 0))
    }

    /// Stops listening.
    func disconnect() {
        unsafe g_signal_handler_disconnect(element.pointer, handler)
    }

    var alarms: [FiredAlarm] { log.noted.update { $0 } }
}

/// The received signals, in order, and a handler for each that runs in the emitting thread.
final class Reactions<Item: Sendable>: Sendable {
    let noted = Watched<[Item]>([])
    private let reaction: @Sendable (Item) -> Void

    init(_ reaction: @escaping @Sendable (Item) -> Void = { _ in }) {
        self.reaction = reaction
    }

    func note(_ item: Item) {
        noted.update { $0.append(item) }
        reaction(item)
    }
}
