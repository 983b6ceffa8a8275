import TimepieceMessages

/// The live view's state of a stream in a few words.
struct StreamState {
    let text: String
    let color: ScreenStyle.Color
    /// Whether no buffers arrive.
    let isSilent: Bool

    /// - Parameters:
    ///   - hasEnded: whether the run is over, so that silence is expected.
    ///   - drops: the buffers that elements dropped, if they can only be of this stream.
    static func of(
        _ tick: LiveBoard.Tick, _ stalls: LiveBoard.Stalls, now: Duration, hasEnded: Bool = false, drops: UInt64 = 0
    ) -> StreamState {
        if let since = stalls.since, !tick.hasEnded {
            if stalls.reason == "trickle" { return StreamState(text: "trickle", color: .red, isSilent: false) }
            return StreamState(text: "STALLED \(Texts.duration(now - since))", color: .red, isSilent: true)
        }
        if !hasEnded, let silence = tick.silence(at: now) {
            return StreamState(text: "no buffer \(Texts.duration(silence))", color: .red, isSilent: true)
        }
        var words: [String] = []
        if stalls.count > 0 { words.append("stalled \(stalls.count)x") }
        if drops > 0 { words.append("\(drops) dropped") }
        func state(_ text: String, _ color: ScreenStyle.Color) -> StreamState {
            StreamState(text: ([text] + words).joined(separator: ", "), color: color, isSilent: false)
        }
        guard let message = tick.message else { return state("waiting", .dim) }
        if tick.hasEnded { return state("ended", .dim) }
        if isSlow(message) { return state("slow", .yellow) }
        return state("ok", drops > 0 ? .yellow : .green)
    }

    /// One missing frame in twenty is visible.
    static func isSlow(_ message: TickMessage) -> Bool {
        message.nominalRate > 0 && message.intervals.count > 0 && message.averageRate < 0.95 * message.nominalRate
    }
}
