import Synchronization
import Timepiece
import TimepieceMeters

/// Watches of one scope, driven by instants that the test gives.
@safe final class WatchRig: Sendable {
    private static let nextScope = Atomic<UInt>(1)
    /// An address that no other rig has; it is not read.
    private let scope = nextScope.add(1, ordering: .relaxed).newValue
    private let meters = Mutex<[Member]>([])

    /// The rig keeps no watch that nothing else holds.
    private struct Member: Sendable {
        weak let meter: WatchMeter?
    }

    deinit {
        // A watch with an interval has a thread that waits for it.
        for member in meters.withLock({ $0 }) { member.meter?.stop(at: 0) }
    }

    /// Makes a watch that plays from an instant; without an interval its reports come only at the end or when read.
    func watch(
        _ path: String, label: String? = nil, _ edge: WatchMeter.Edge = .around, interval: UInt64 = 0,
        from begin: UInt64 = 0
    ) throws -> RiggedWatch {
        let log = WatchLog()
        let settings = WatchMeter.Settings(path: path, label: label ?? path, edge: edge, interval: interval)
        let meter = try WatchRegistry.enter(scope, settings, reporter: log)
        meters.withLock { $0.append(Member(meter: meter)) }
        meter.release(at: begin)
        _ = meter.play(at: begin)
        return RiggedWatch(meter: meter, log: log, rig: self)
    }
}

/// The windows that a watch reported, in order.
final class WatchLog: WatchReporter {
    private let windows = Mutex<[WatchWindow]>([])
    let isReady: Bool

    init(isReady: Bool = true) {
        self.isReady = isReady
    }

    var all: [WatchWindow] { windows.withLock { $0 } }

    func report(_ window: WatchWindow) {
        windows.withLock { $0.append(window) }
    }
}

/// A watch with the log of its reports.
@safe struct RiggedWatch {
    let meter: WatchMeter
    let log: WatchLog
    /// Stops its watches when it goes.
    let rig: WatchRig

    /// Ends the stream, begins it again, and returns the window that was reported.
    func closeWindow(at now: UInt64) -> WatchWindow? {
        meter.end(at: now)
        _ = meter.begin(at: now)
        return log.all.last
    }

    /// A lap around what happens inside, as a push through the element is.
    func lap(
        from start: UInt64, to end: UInt64, within outer: UnsafeMutablePointer<WatchFrame>? = nil,
        passed: Bool = true, flushed: Bool = false, inside: (UnsafeMutablePointer<WatchFrame>) -> Void = { _ in }
    ) {
        let frame = UnsafeMutablePointer<WatchFrame>.allocate(capacity: 1)
        unsafe UnsafeMutableRawPointer(frame).initializeMemory(
            as: UInt8.self, repeating: 0, count: MemoryLayout<WatchFrame>.size)
        defer { unsafe frame.deallocate() }
        unsafe frame.pointee.outer = unsafe outer
        unsafe watchEnter(Unmanaged.passUnretained(meter), frame)
        unsafe frame.pointee.start = start
        unsafe inside(frame)
        unsafe meter.leave(frame, at: end, passed: passed, flushed: flushed, position: start)
        unsafe frame.pointee.release()
    }

    /// The start that this is, 0 if it is none.
    var identifier: UInt64 {
        if case .start(let start, _) = meter.role { start.identifier } else { 0 }
    }

    /// A buffer passes a start; returns its sequence number.
    func stamp(at now: UInt64, presentation: UInt64 = .max) -> UInt64 {
        guard let start = unsafe meter.start else { return 0 }
        return unsafe start._withUnsafeGuaranteedRef {
            $0.stamp(at: now, times: MediaTimes(presentation: presentation, running: presentation))
        }
    }

    /// A buffer with a stamp passes a stop.
    func pass(at now: UInt64, from start: RiggedWatch, sequence: UInt64, stampedAt instant: UInt64) {
        guard let stop = unsafe meter.stop, case .start(let origin, _) = start.meter.role else { return }
        unsafe stop._withUnsafeGuaranteedRef {
            $0.pass(at: now, start: origin.identifier, sequence: sequence, instant: instant)
        }
    }
}

extension WatchWindow {
    /// The watch and those below it, each with its path, its laps, their sum, its own time and its share.
    var rows: [WatchRow] {
        report.preorder.map { report in
            WatchRow(
                path: report.path, laps: report.tree.statistics.count, sum: report.tree.statistics.sumNanoseconds,
                own: UInt64(clamping: report.tree.selfTime.nanoseconds), share: report.share)
        }
    }
}

/// One line of a window.
struct WatchRow: Equatable {
    let path: String
    let laps: UInt64
    let sum: UInt64
    let own: UInt64
    let share: Double
}
