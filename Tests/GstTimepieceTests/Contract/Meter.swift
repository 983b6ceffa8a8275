import CTimepiece
import TimepieceBridge

/// A `TimepieceTick` as the element holds it, driven by instants that the test gives.
@safe final class Meter: @unchecked Sendable {
    // Sendable: the handle never changes, and the contract says which of its functions any thread may call.
    private let tick: OpaquePointer
    private let log: Watched<Log>

    private struct Log {
        var windows: [MeterWindow] = []
        var isReady = true
    }

    /// Makes a meter; nil if the contract refuses.
    init?(interval: UInt64 = 0, maxIntervals: UInt32 = 10) {
        let log = Watched(Log())
        var settings = TimepieceTickSettings()
        settings.interval = interval
        var events = unsafe TimepieceTickEvents(
            ready: { log in
                guard let log = unsafe log else { return true }
                return unsafe Unmanaged<Watched<Log>>.fromOpaque(log).takeUnretainedValue().update { $0.isReady }
            }, window: Self.note, stall: { _, _ in }, is_on_its_way: { _ in false }, destroy: nil)
        guard
            let tick = unsafe timepiece_tick_new(
                Unmanaged.passUnretained(log).toOpaque(), &settings, maxIntervals, &events,
                Unmanaged.passUnretained(log).toOpaque())
        else { return nil }
        self.log = log
        unsafe self.tick = unsafe tick
    }

    deinit {
        unsafe timepiece_meter_stop(tick, 0)
        unsafe timepiece_meter_unref(tick)
    }

    /// The windows that were reported, in order.
    var reports: [MeterWindow] { log.update { $0.windows } }
    /// Whether reports may be made.
    var isReady: Bool {
        get { log.update { $0.isReady } }
        set { log.update { $0.isReady = newValue } }
    }

    func pass(
        at now: UInt64, buffers: UInt64 = 1, bytes: UInt64 = 0, discont: Bool = false,
        position: UInt64 = UInt64.max
    ) {
        guard unsafe !timepiece_tick_alarms(tick, now, .max) else { return }
        unsafe timepiece_tick_count(tick, now, buffers, bytes, discont, position)
    }

    func play(at now: UInt64) { _ = unsafe timepiece_meter_play(tick, now) }
    func pause(at now: UInt64) { unsafe timepiece_meter_pause(tick, now) }
    func interrupt() { unsafe timepiece_meter_interrupt(tick) }
    func begin(at now: UInt64) { _ = unsafe timepiece_meter_begin(tick, now) }
    func end(at now: UInt64) { unsafe timepiece_meter_end(tick, now) }
    func stop(at now: UInt64) { unsafe timepiece_meter_stop(tick, now) }
    func forgetPosition() { unsafe timepiece_meter_forget_position(tick) }
    var lastPosition: UInt64 { unsafe timepiece_meter_last_position(tick) }

    /// Closes the window, as the end of a stream does, continues the stream, and returns the report.
    func closeWindow(at now: UInt64) -> MeterWindow? {
        end(at: now)
        begin(at: now)
        return reports.last
    }

    /// Reads the open window.
    func read(at now: UInt64) -> MeterWindow? {
        let shown = Watched(Log())
        unsafe timepiece_tick_read(tick, now, Self.note, Unmanaged.passUnretained(shown).toOpaque())
        return shown.update { $0.windows.last }
    }

    private static let note: TimepieceTickShow = { window, log in
        guard let log = unsafe log else { return }
        let copy = unsafe MeterWindow(window.pointee)
        unsafe Unmanaged<Watched<Log>>.fromOpaque(log).takeUnretainedValue().update { $0.windows.append(copy) }
    }
}
