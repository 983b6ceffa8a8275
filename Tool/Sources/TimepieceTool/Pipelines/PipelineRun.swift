import CGStreamer
import Glibc
import TimepieceMessages

/// Runs a pipeline until its stream ends, it fails, its time is over, or the user ends it.
///
/// All calls are made on the thread that called ``run()``. An interrupt (Ctrl-C, SIGTERM, SIGHUP) sends EOS downstream,
/// so that the elements post their last reports; a second one, or two seconds, end it without them.
@safe final class PipelineRun {
    /// Called with each event and the time since the start.
    var onEvent: (Duration, PipelineEvent) throws -> Void = { _, _ in }
    /// Called a few times a second, for values that change without an event.
    var onBeat: (Duration) throws -> Void = { _ in }
    /// Another descriptor that is read while it runs: called with its bytes, none at the end.
    private var inputs: [Int32: ([UInt8]) throws -> Void] = [:]

    private let pipeline: Pipeline
    private let loop: OpaquePointer
    private let start = monotonicNow()
    private var reason = EndReason.endOfStream
    private var stoppingSince: Duration?
    private var isLive = false
    private var thrown: (any Error)?
    /// After this it ends.
    private let limit: Duration?
    /// Dropped buffers by element, and those that were reported.
    private var drops: [String: (count: UInt64, reported: UInt64)] = [:]
    private var dropsReported = Duration.zero
    private var caps: [String: String] = [:]
    /// The sink pads of the ticks, which know whether their stream has ended.
    private var pads: [String: UnsafeMutablePointer<GstPad>] = unsafe [:]
    private var ended: Set<String> = []
    /// Whether the ticks are queried between their reports for the age of the last buffer; for a live view.
    var looksBetweenReports = false
    /// The page that also shows all of it.
    var page: LivePage?

    /// How long ending may take before SIGALRM ends it, in seconds.
    private static let patience: UInt32 = 10

    /// Between beats, in milliseconds.
    static let beat: UInt32 = 250

    /// - Parameter limit: how long it may run; nil is without limit.
    init(_ pipeline: Pipeline, limit: Duration? = nil) {
        self.pipeline = pipeline
        self.limit = limit
        unsafe loop = g_main_loop_new(nil, 0)
    }

    deinit {
        unsafe g_main_loop_unref(loop)
        unsafe pads.values.forEach { pad in unsafe gst_object_unref(UnsafeMutableRawPointer(pad)) }
    }

    /// Reads a descriptor beside the bus.
    func onInput(_ descriptor: Int32, _ take: @escaping ([UInt8]) throws -> Void) {
        inputs[descriptor] = take
    }

    /// How long it has run.
    var elapsed: Duration { monotonicNow() - start }

    /// Runs it.
    func run() throws -> EndReason {
        let me = unsafe Unmanaged.passUnretained(self).toOpaque()
        guard let bus = unsafe gst_element_get_bus(pipeline.element) else { return .failed }
        defer { unsafe gst_object_unref(bus) }
        var sources: [UInt32] = []
        defer { for source in sources { g_source_remove(source) } }
        sources.append(
            unsafe gst_bus_add_watch(
                bus,
                { _, message, me in
                    guard let message = unsafe message else { return 1 }
                    unsafe PipelineRun.from(me)?.take(message)
                    return 1
                }, me))
        for number in [SIGINT, SIGTERM, SIGHUP] {
            sources.append(
                unsafe g_unix_signal_add(
                    number,
                    { me in
                        let run = unsafe PipelineRun.from(me)
                        run?.wasInterrupted = true
                        run?.stop()
                        return 1
                    }, me))
        }
        sources.append(
            unsafe g_timeout_add(
                Self.beat,
                { me in
                    unsafe PipelineRun.from(me)?.onTimeout()
                    return 1
                }, me))
        for descriptor in inputs.keys {
            sources.append(
                unsafe g_unix_fd_add(
                    descriptor, G_IO_IN,
                    { descriptor, _, me in
                        unsafe PipelineRun.from(me)?.read(descriptor)
                        return 1
                    }, me))
        }
        guarded { try onBeat(.zero) }
        switch unsafe gst_element_set_state(pipeline.element, GST_STATE_PLAYING) {
        case GST_STATE_CHANGE_FAILURE: reason = .failed
        case GST_STATE_CHANGE_NO_PREROLL: isLive = true
        default: break
        }
        if reason != .failed, thrown == nil { unsafe g_main_loop_run(loop) }
        // READY, not NULL, which would discard the last messages of the elements.
        unsafe gst_element_set_state(pipeline.element, GST_STATE_READY)
        while let message = unsafe gst_bus_pop(bus) {
            unsafe take(message)
            unsafe gst_message_unref(message)
        }
        reportDrops()
        page?.beat(at: elapsed, end: reason)
        alarm(0)
        if let thrown { throw thrown }
        return reason
    }

    /// Whether a signal ended it.
    private(set) var wasInterrupted = false

    /// Ends the run when the elements have posted their last window.
    func stop() {
        guard stoppingSince == nil else { return quit(.stopped) }
        stoppingSince = elapsed
        reason = .stopped
        // An element that hangs while it stops would block the user indefinitely.
        alarm(Self.patience)
        // While the pipeline is still changing to playing, nothing has been measured, and an event could meet a sink
        // that holds the stream until the state has changed, which waits for the event.
        var state = GST_STATE_NULL
        var pending = GST_STATE_VOID_PENDING
        _ = unsafe gst_element_get_state(pipeline.element, &state, &pending, 0)
        guard state == GST_STATE_PLAYING, pending == GST_STATE_VOID_PENDING else { return quit(.stopped) }
        unsafe gst_element_send_event(pipeline.element, gst_event_new_eos())
    }

    private static func from(_ me: gpointer?) -> PipelineRun? {
        unsafe me.map { unsafe Unmanaged<PipelineRun>.fromOpaque($0).takeUnretainedValue() }
    }

    private func quit(_ reason: EndReason) {
        if self.reason == .endOfStream { self.reason = reason }
        unsafe g_main_loop_quit(loop)
    }

    /// C calls this, so a thrown error is kept until the loop has ended.
    private func guarded(_ work: () throws -> Void) {
        do {
            try work()
        } catch {
            thrown = thrown ?? error
            quit(.failed)
        }
    }

    private func onTimeout() {
        let now = elapsed
        if let stoppingSince, now - stoppingSince > .seconds(2) { quit(.stopped) }
        if let limit, now >= limit, stoppingSince == nil { stop() }
        if now - dropsReported >= .seconds(1) {
            dropsReported = now
            reportDrops()
        }
        unsafe pads.forEach { label, pad in
            if looksBetweenReports, let sinceLast = unsafe sinceLastBuffer(pad) {
                tell(.look(label: label, sinceLastBuffer: sinceLast))
            }
            let hasEnded = unsafe pad.pointee.object.flags & GST_PAD_FLAG_EOS.rawValue != 0
            if !hasEnded { ended.remove(label) } else if ended.insert(label).inserted { tell(.ended(label: label)) }
        }
        page?.beat(at: now)
        guarded { try onBeat(now) }
    }

    private func read(_ descriptor: Int32) {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        // A terminal that hung up fails, which also ends the run.
        guarded { try inputs[descriptor]?(Array(bytes[..<max(0, count)])) }
    }

    private func tell(_ event: PipelineEvent) {
        let now = elapsed
        page?.take(event, at: now)
        guarded { try onEvent(now, event) }
    }

    private func take(_ message: UnsafeMutablePointer<GstMessage>) {
        switch unsafe message.pointee.type {
        case GST_MESSAGE_ELEMENT:
            if let structure = unsafe gst_message_get_structure(message), let fields = unsafe MessageFields(structure),
                fields.name.hasPrefix("timepiece-")
            {
                if fields.name == "timepiece-tick", case .text(let label) = fields["label"] {
                    unsafe takeCaps(message, label)
                }
                tell(.message(fields))
            }
        case GST_MESSAGE_ERROR:
            let (source, text) = unsafe problem(message, gst_message_parse_error)
            tell(.failure(source: source, text: text))
            reason = .failed
            quit(.failed)
        case GST_MESSAGE_WARNING:
            let (source, text) = unsafe problem(message, gst_message_parse_warning)
            tell(.warning(source: source, text: text))
        case GST_MESSAGE_EOS:
            quit(.endOfStream)
        case GST_MESSAGE_QOS:
            var format = GST_FORMAT_UNDEFINED
            var processed: guint64 = 0
            var dropped: guint64 = 0
            unsafe gst_message_parse_qos_stats(message, &format, &processed, &dropped)
            // The largest number means unknown.
            guard dropped > 0, dropped != .max, let name = unsafe message.pointee.src?.pointee.name else { return }
            unsafe drops[String(cString: name), default: (0, 0)].count = UInt64(dropped)
        case GST_MESSAGE_LATENCY:
            unsafe gst_bin_recalculate_latency(Pipeline.bin(pipeline.element))
        case GST_MESSAGE_CLOCK_LOST:
            unsafe gst_element_set_state(pipeline.element, GST_STATE_PAUSED)
            unsafe gst_element_set_state(pipeline.element, GST_STATE_PLAYING)
        case GST_MESSAGE_BUFFERING where !isLive:
            var percent: Int32 = 100
            unsafe gst_message_parse_buffering(message, &percent)
            unsafe gst_element_set_state(pipeline.element, percent < 100 ? GST_STATE_PAUSED : GST_STATE_PLAYING)
        default:
            break
        }
    }

    private func reportDrops() {
        for (element, drop) in drops.sorted(by: { $0.key < $1.key }) where drop.count != drop.reported {
            drops[element]?.reported = drop.count
            tell(.drops(element: element, count: drop.count))
        }
    }

    /// The open window of a tick; nil before the first buffer.
    private func sinceLastBuffer(_ pad: UnsafeMutablePointer<GstPad>) -> Duration? {
        guard let tick = unsafe gst_pad_get_parent_element(pad) else { return nil }
        defer { unsafe gst_object_unref(tick) }
        var value = GValue()
        unsafe g_value_init(&value, gst_structure_get_type())
        defer { unsafe g_value_unset(&value) }
        unsafe g_object_get_property(
            UnsafeMutableRawPointer(tick).assumingMemoryBound(to: GObject.self), "stats", &value)
        guard let structure = unsafe gst_value_get_structure(&value) else { return nil }
        var buffers: guint64 = 0
        var sinceLast: guint64 = 0
        guard unsafe gst_structure_get_uint64(structure, "total-buffers", &buffers) != 0, buffers > 0,
            unsafe gst_structure_get_uint64(structure, "since-last-buffer", &sinceLast) != 0, sinceLast != .max
        else { return nil }
        return .nanoseconds(Int64(clamping: sinceLast))
    }

    /// Reports the caps at the tick that posted a message, if they are new, and keeps its pad.
    private func takeCaps(_ message: UnsafeMutablePointer<GstMessage>, _ label: String) {
        guard let source = unsafe message.pointee.src,
            unsafe g_type_check_instance_is_a(Pipeline.instance(source), gst_element_get_type()) != 0,
            let pad = unsafe gst_element_get_static_pad(
                UnsafeMutableRawPointer(source).assumingMemoryBound(to: GstElement.self), "sink")
        else { return }
        if let former = unsafe pads.updateValue(pad, forKey: label) {
            unsafe gst_object_unref(UnsafeMutableRawPointer(former))
        }
        guard let current = unsafe gst_pad_get_current_caps(pad) else { return }
        defer { unsafe gst_caps_unref(current) }
        guard let text = unsafe gst_caps_to_string(current) else { return }
        defer { unsafe g_free(text) }
        let described = unsafe String(cString: text)
        if caps[label] == described { return }
        caps[label] = described
        tell(.caps(label: label, caps: described))
    }

    private typealias Parser = (
        UnsafeMutablePointer<GstMessage>?, UnsafeMutablePointer<UnsafeMutablePointer<GError>?>?,
        UnsafeMutablePointer<UnsafeMutablePointer<gchar>?>?
    ) -> Void

    private func problem(_ message: UnsafeMutablePointer<GstMessage>, _ parse: Parser) -> (String, String) {
        var error: UnsafeMutablePointer<GError>?
        var detail: UnsafeMutablePointer<gchar>?
        unsafe parse(message, &error, &detail)
        defer {
            unsafe g_clear_error(&error)
            unsafe g_free(detail)
        }
        let source = unsafe message.pointee.src?.pointee.name.map { unsafe String(cString: $0) } ?? "pipeline"
        var text = unsafe error.map { unsafe String(cString: $0.pointee.message) } ?? "unknown"
        // The last line of the detail describes the event, and those before it the position in GStreamer's source.
        if let detail = unsafe detail, let last = unsafe String(cString: detail).split(separator: "\n").dropFirst().last
        {
            text += " (\(last))"
        }
        return (source, text)
    }
}

/// The monotonic clock, since some point in the past.
func monotonicNow() -> Duration {
    .microseconds(g_get_monotonic_time())
}
