import CGStreamerCheck

/// Listens to the signal `alarm` of an element.
@safe final class AlarmSignal: @unchecked Sendable {
    // Sendable: the handler's number never changes, and all else is in `log`.
    private let element: Element
    private let log = Watched<[FiredAlarm]>([])
    private var handler: UInt = 0

    init(_ element: Element) {
        self.element = element
        let callback:
            @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<GstStructure>?, UnsafeMutableRawPointer?) -> Void =
                {
                    _, structure, log in
                    guard let structure = unsafe structure, let log = unsafe log,
                        let alarm = unsafe FiredAlarm(Structure(structure))
                    else { return }
                    unsafe Unmanaged<Watched<[FiredAlarm]>>.fromOpaque(log).takeUnretainedValue()
                        .update { $0.append(alarm) }
                }
        handler = unsafe g_signal_connect_data(
            element.pointer, "alarm", unsafeBitCast(callback, to: GCallback.self),
            Unmanaged.passUnretained(log).toOpaque(), nil, GConnectFlags(rawValue: 0))
    }

    /// Stops listening.
    func disconnect() {
        unsafe g_signal_handler_disconnect(element.pointer, handler)
    }

    var alarms: [FiredAlarm] { log.update { $0 } }
}
