import CGStreamerCheck
import Glibc

/// When buffers passed a pad, by the clock that the elements read.
final class PadTimes: Sendable {
    /// A buffer on its way through the pad.
    struct Passing: Sendable {
        let presentation: UInt64
        let instant: UInt64
    }

    private let log: Watched<[Passing]>
    private let probe: PadProbe

    /// Begins to watch a pad of an element.
    init(_ element: Element, pad name: String) throws {
        let log = Watched<[Passing]>([])
        self.log = log
        probe = try PadProbe(element, pad: name, GST_PAD_PROBE_TYPE_BUFFER) { sight in
            guard let buffer = unsafe sight.buffer else { return }
            let passing = unsafe Passing(presentation: UInt64(buffer.pointee.pts), instant: PadTimes.now)
            log.update { $0.append(passing) }
        }
    }

    /// The passed buffers, in order.
    var passings: [Passing] { log.update { $0 } }

    /// The clock that the elements read.
    static var now: UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
