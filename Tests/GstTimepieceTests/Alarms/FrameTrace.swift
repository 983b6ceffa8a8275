import CGStreamerCheck

/// The time stamps of the buffers that pass a pad, and which of them can be decoded by themselves.
final class FrameTrace: Sendable {
    struct Frame: Sendable, Equatable {
        let time: UInt64
        let isKey: Bool
    }

    private let log: Watched<[Frame]>
    private let probe: PadProbe

    init(_ element: Element, pad name: String) throws {
        let log = Watched<[Frame]>([])
        self.log = log
        probe = try PadProbe(element, pad: name, GST_PAD_PROBE_TYPE_BUFFER) { sight in
            guard let buffer = unsafe sight.buffer else { return }
            let flags = unsafe buffer.pointee.mini_object.flags
            let frame = Frame(
                time: UInt64(unsafe buffer.pointee.pts),
                isKey: flags & UInt32(GST_BUFFER_FLAG_DELTA_UNIT.rawValue) == 0)
            log.update { $0.append(frame) }
        }
    }

    var frames: [Frame] { log.update { $0 } }

    /// The key frames by their numbers in the order of presentation, at a whole number of frames a second.
    func keyFrames(rate: UInt64) -> [UInt64] {
        let frames = frames
        guard let start = frames.map(\.time).min() else { return [] }
        return frames.filter(\.isKey).map { (($0.time - start) * rate + 500_000_000) / 1_000_000_000 }
    }
}
