import CTimepiece
import TimepieceMeters

/// Calls the tracer's functions with a window in the contract's types.
@safe struct PipelineFunctions: @unchecked Sendable {
    // Sendable: the tracer promises that its functions may be called on any thread until the pipeline is closed.
    let isReady: TimepiecePipelineReady
    let report: TimepiecePipelineFunc
    let context: UnsafeMutableRawPointer?

    init(
        isReady: @escaping TimepiecePipelineReady, report: @escaping TimepiecePipelineFunc,
        context: UnsafeMutableRawPointer?
    ) {
        unsafe self.isReady = unsafe isReady
        unsafe self.report = unsafe report
        unsafe self.context = unsafe context
    }

    @Sendable func isWanted() -> Bool {
        unsafe isReady(context)
    }

    @Sendable func show(_ window: PipelineWindow) {
        let flat = FlatWindow(window, Bottleneck.judge(window))
        unsafe flat.withWindow { window in unsafe report(window, context) }
    }
}

/// A window as C structs, with the memory that they point to.
@safe private struct FlatWindow: ~Copyable {
    private var texts: [UnsafeMutablePointer<CChar>] = unsafe []
    private var rows: [UnsafeMutablePointer<UnsafePointer<CChar>>] = unsafe []
    private var elements: [TimepieceElementWindow] = unsafe []
    private var queues: [TimepieceQueueWindow] = unsafe []
    private var threads: [TimepieceThreadWindow] = unsafe []
    private let duration: UInt64
    private let headroom: Double
    private var bottleneck: UnsafePointer<CChar>?
    private var reason: UnsafePointer<CChar>?

    init(_ window: PipelineWindow, _ verdict: Bottleneck) {
        duration = window.duration
        headroom = verdict.headroom ?? 0
        unsafe bottleneck = nil
        unsafe reason = nil
        for element in window.elements where element.isShown { add(element) }
        for queue in window.queues where queue.isShown { add(queue) }
        for thread in window.threads {
            add(thread, elements: thread.elements.map { window.elements[$0] }.filter(\.isShown).map(\.path))
        }
        if let element = verdict.element { unsafe bottleneck = unsafe text(element) }
        unsafe reason = unsafe text(verdict.reason)
    }

    deinit {
        unsafe texts.forEach { unsafe $0.deallocate() }
        unsafe rows.forEach { unsafe $0.deallocate() }
    }

    func withWindow(_ body: (UnsafePointer<TimepiecePipelineWindow>) -> Void) {
        guard let reason = unsafe reason else { return }
        unsafe elements.withUnsafeBufferPointer { elements in
            unsafe queues.withUnsafeBufferPointer { queues in
                unsafe threads.withUnsafeBufferPointer { threads in
                    // Never NULL, as the contract says; an empty array may have no memory.
                    let nothing = unsafe UnsafeRawPointer(bitPattern: MemoryLayout<UInt64>.alignment)
                    guard let nothing = unsafe nothing else { return }
                    var window = unsafe TimepiecePipelineWindow(
                        duration: duration,
                        elements: elements.baseAddress ?? nothing.assumingMemoryBound(to: TimepieceElementWindow.self),
                        num_elements: elements.count,
                        queues: queues.baseAddress ?? nothing.assumingMemoryBound(to: TimepieceQueueWindow.self),
                        num_queues: queues.count,
                        threads: threads.baseAddress ?? nothing.assumingMemoryBound(to: TimepieceThreadWindow.self),
                        num_threads: threads.count, bottleneck: bottleneck, reason: reason, headroom: headroom)
                    unsafe body(&window)
                }
            }
        }
    }

    private mutating func add(_ element: PipelineWindow.Element) {
        unsafe elements.append(
            TimepieceElementWindow(
                path: text(element.path), factory: text(element.factory), num_buffers: element.buffers,
                num_bytes: element.bytes, rate: element.rate, work_time: element.work, p50_work: element.p50,
                p90_work: element.p90, p99_work: element.p99, max_work: element.max, load: element.load,
                wait_time: element.wait, wait_reason: text(element.waitReason.rawValue),
                start_time: element.start ?? .max))
    }

    private mutating func add(_ queue: PipelineWindow.Queue) {
        unsafe queues.append(
            TimepieceQueueWindow(
                path: text(queue.path), pad: text(queue.pad), num_buffers: queue.buffers, level: queue.level,
                max_level: queue.maxLevel, p50_dwell: queue.p50Dwell, p99_dwell: queue.p99Dwell,
                max_dwell: queue.maxDwell, full_time: queue.full, empty_time: queue.empty,
                num_dropped: queue.dropped))
    }

    private mutating func add(_ thread: PipelineWindow.Thread, elements paths: [String]) {
        guard !paths.isEmpty else { return }
        let row = UnsafeMutablePointer<UnsafePointer<CChar>>.allocate(capacity: paths.count)
        for (index, path) in paths.enumerated() { unsafe (row + index).initialize(to: text(path)) }
        unsafe rows.append(row)
        unsafe threads.append(
            TimepieceThreadWindow(
                name: text(thread.name), cpu_time: thread.processor, run_queue_time: thread.runQueue, elements: row,
                num_elements: paths.count))
    }

    private mutating func text(_ text: String) -> UnsafePointer<CChar> {
        let units = text.utf8CString
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: units.count)
        for (index, unit) in units.enumerated() { unsafe (copy + index).initialize(to: unit) }
        unsafe texts.append(copy)
        return unsafe UnsafePointer(copy)
    }
}
