// The names are those of the C header.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
import CTimepiece
import Timepiece
import TimepieceMeters
import TimepieceTelemetry

// The bodies of what timepiece.h declares for `TimepiecePipeline`, which is an unmanaged reference to a
// `PipelineReports`, and for the traces, which are unmanaged references to those of the meters.

@c @implementation
func timepiece_pipeline_new(
    _ scope: UnsafeRawPointer, _ interval: UInt64, _ num_processors: UInt32,
    _ is_ready: @escaping TimepiecePipelineReady,
    _ report: @escaping TimepiecePipelineFunc, _ user_data: UnsafeMutableRawPointer?
) -> OpaquePointer {
    let functions = unsafe PipelineFunctions(isReady: is_ready, report: report, context: user_data)
    let reports = PipelineReports(
        PipelineMeter(processors: Int(num_processors)), of: UInt(bitPattern: scope), interval: interval,
        isReady: functions.isWanted, report: functions.show)
    return unsafe OpaquePointer(Unmanaged.passRetained(reports).toOpaque())
}

@c @implementation
func timepiece_pipeline_show(
    _ pipeline: OpaquePointer, _ prometheus: OpaquePointer, _ name: UnsafePointer<CChar>, _ now: UInt64
) {
    let source = unsafe PipelineSource(reports(pipeline).keepTotals())
    unsafe export(prometheus).show(source, labels: [MetricLabel("pipeline", String(cString: name))], at: now)
}

@c @implementation
func timepiece_pipeline_play(_ pipeline: OpaquePointer, _ now: UInt64) -> Bool {
    unsafe reports(pipeline).play(at: now)
}

@c @implementation
func timepiece_pipeline_pause(_ pipeline: OpaquePointer, _ now: UInt64) {
    unsafe reports(pipeline).pause(at: now)
}

@c @implementation
func timepiece_pipeline_end(_ pipeline: OpaquePointer, _ now: UInt64) {
    unsafe reports(pipeline).end(at: now)
}

@c @implementation
func timepiece_pipeline_stop(_ pipeline: OpaquePointer, _ now: UInt64) {
    unsafe reports(pipeline).stop(at: now)
}

@c @implementation
func timepiece_pipeline_close(_ pipeline: OpaquePointer) {
    unsafe reports(pipeline).close()
    unsafe Unmanaged<PipelineReports>.fromOpaque(UnsafeRawPointer(pipeline)).release()
}

@c @implementation
func timepiece_pipeline_add(
    _ pipeline: OpaquePointer, _ path: UnsafePointer<CChar>, _ factory: UnsafePointer<CChar>,
    _ kind: TimepieceElementKind, _ is_shown: Bool
) -> OpaquePointer {
    let isMuxer = kind == TIMEPIECE_ELEMENT_MUXER
    let kind: ElementTrace.Kind =
        switch kind {
        case TIMEPIECE_ELEMENT_SOURCE: .source
        case TIMEPIECE_ELEMENT_QUEUE: .queue
        case TIMEPIECE_ELEMENT_JITTER_BUFFER: .jitterBuffer
        case TIMEPIECE_ELEMENT_AGGREGATOR, TIMEPIECE_ELEMENT_MUXER: .aggregator
        case TIMEPIECE_ELEMENT_JOINER: .joiner
        default: .filter
        }
    let element = unsafe reports(pipeline).meter.add(
        path: String(cString: path), factory: String(cString: factory), kind: kind, isShown: is_shown)
    if isMuxer { element.isMuxer() }
    return unsafe OpaquePointer(Unmanaged.passUnretained(element).toOpaque())
}

@c @implementation
func timepiece_pipeline_remove(_ pipeline: OpaquePointer, _ element: OpaquePointer) {
    unsafe reports(pipeline).meter.remove(elementTrace(element).takeUnretainedValue())
}

@c @implementation
func timepiece_element_changed(_ element: OpaquePointer, _ duration: UInt64, _ now: UInt64) {
    unsafe elementTrace(element).takeUnretainedValue().changedState(in: duration, at: now)
}

@c @implementation
func timepiece_pipeline_add_pad(
    _ pipeline: OpaquePointer, _ element: OpaquePointer, _ name: UnsafePointer<CChar>
) -> OpaquePointer {
    let pad = unsafe reports(pipeline).meter.addPad(
        to: elementTrace(element).takeUnretainedValue(), name: String(cString: name))
    return unsafe OpaquePointer(Unmanaged.passUnretained(pad).toOpaque())
}

@c @implementation
func timepiece_pipeline_remove_pad(_ pipeline: OpaquePointer, _ pad: OpaquePointer) {
    unsafe reports(pipeline).meter.removePad(padTrace(pad).takeUnretainedValue())
}

@c @implementation
func timepiece_pad_set_upstream(_ pad: OpaquePointer, _ element: OpaquePointer?, _ store: OpaquePointer?) {
    unsafe padTrace(pad).takeUnretainedValue().setUpstream(element.map(elementTrace), store: store.map(padTrace))
}

@c @implementation
func timepiece_pad_set_puller(_ pad: OpaquePointer, _ element: OpaquePointer?) {
    unsafe padTrace(pad).takeUnretainedValue().setPuller(element.map(elementTrace))
}

@c @implementation
func timepiece_thread_new(_ identifier: Int32) -> OpaquePointer {
    unsafe OpaquePointer(Unmanaged.passRetained(ThreadRegistry.shared.enter(identifier: identifier)).toOpaque())
}

@c @implementation
func timepiece_thread_free(_ thread: OpaquePointer) {
    let thread = unsafe Unmanaged<ThreadTrace>.fromOpaque(UnsafeRawPointer(thread)).takeRetainedValue()
    ThreadRegistry.shared.leave(thread)
}

// No retain and no release on the path of a buffer: the thread holds its trace, and no trace of a pad is ever freed.

@c @implementation
func timepiece_thread_enter(
    _ thread: OpaquePointer, _ pad: OpaquePointer, _ key: UInt, _ now: UInt64, _ num_buffers: UInt64,
    _ num_bytes: UInt64, _ deadline: UInt64, _ memory: UInt, _ time: UInt64, _ is_list: Bool
) -> Bool {
    unsafe Unmanaged<ThreadTrace>.fromOpaque(UnsafeRawPointer(thread))._withUnsafeGuaranteedRef { thread in
        unsafe thread.enter(
            padTrace(pad), key: key, at: now, buffers: num_buffers, bytes: num_bytes, deadline: deadline,
            memory: memory, time: time, isList: is_list)
    }
}

@c @implementation
func timepiece_thread_enter_buffer(
    _ thread: OpaquePointer, _ pad: OpaquePointer, _ key: UInt, _ now: UInt64, _ num_bytes: UInt64
) {
    unsafe Unmanaged<ThreadTrace>.fromOpaque(UnsafeRawPointer(thread))._withUnsafeGuaranteedRef { thread in
        unsafe thread.enter(padTrace(pad), key: key, at: now, bytes: num_bytes)
    }
}

@c @implementation
func timepiece_thread_leave(_ thread: OpaquePointer, _ key: UInt, _ now: UInt64) {
    unsafe Unmanaged<ThreadTrace>.fromOpaque(UnsafeRawPointer(thread))._withUnsafeGuaranteedRef { thread in
        thread.leave(key, at: now)
    }
}

@c @implementation
func timepiece_thread_leave_pull(
    _ thread: OpaquePointer, _ key: UInt, _ now: UInt64, _ num_buffers: UInt64, _ num_bytes: UInt64
) {
    unsafe Unmanaged<ThreadTrace>.fromOpaque(UnsafeRawPointer(thread))._withUnsafeGuaranteedRef { thread in
        thread.leave(key, at: now, buffers: num_buffers, bytes: num_bytes)
    }
}

@c @implementation
func timepiece_thread_take(
    _ thread: OpaquePointer, _ pad: OpaquePointer, _ memory: UInt, _ time: UInt64, _ now: UInt64
) {
    unsafe Unmanaged<ThreadTrace>.fromOpaque(UnsafeRawPointer(thread))._withUnsafeGuaranteedRef { thread in
        unsafe thread.take(padTrace(pad), memory: memory, time: time, at: now)
    }
}

@c @implementation
func timepiece_thread_end(_ thread: OpaquePointer, _ pad: OpaquePointer) {
    unsafe Unmanaged<ThreadTrace>.fromOpaque(UnsafeRawPointer(thread))._withUnsafeGuaranteedRef { thread in
        unsafe thread.end(padTrace(pad))
    }
}

@c @implementation
func timepiece_thread_enter_end(
    _ thread: OpaquePointer, _ pad: OpaquePointer, _ key: UInt, _ now: UInt64, _ deadline: UInt64
) {
    unsafe Unmanaged<ThreadTrace>.fromOpaque(UnsafeRawPointer(thread))._withUnsafeGuaranteedRef { thread in
        unsafe thread.enterEnd(padTrace(pad), key: key, at: now, deadline: deadline)
    }
}

@c @implementation
func timepiece_pad_store(_ pad: OpaquePointer, _ memory: UInt, _ time: UInt64, _ now: UInt64) {
    unsafe padTrace(pad)._withUnsafeGuaranteedRef { $0.store(memory: memory, time: time, at: now) }
}

@c @implementation
func timepiece_pad_flush(_ pad: OpaquePointer) {
    unsafe padTrace(pad)._withUnsafeGuaranteedRef { $0.flush() }
}

func reports(_ pipeline: OpaquePointer) -> PipelineReports {
    unsafe Unmanaged<PipelineReports>.fromOpaque(UnsafeRawPointer(pipeline)).takeUnretainedValue()
}

private func elementTrace(_ element: OpaquePointer) -> Unmanaged<ElementTrace> {
    unsafe Unmanaged<ElementTrace>.fromOpaque(UnsafeRawPointer(element))
}

private func padTrace(_ pad: OpaquePointer) -> Unmanaged<PadTrace> {
    unsafe Unmanaged<PadTrace>.fromOpaque(UnsafeRawPointer(pad))
}
