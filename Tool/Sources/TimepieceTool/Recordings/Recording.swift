/// The contents of a file of `timepiece record`, except the events.
struct Recording: Sendable {
    let name: String
    let header: RecordingHeader
    /// How long it is.
    let duration: Duration
    /// How it ended; nil if it was truncated.
    let end: EndReason?
    /// Lines in the middle that could not be read.
    let damagedLines: Int
    /// Whether its run is still in progress.
    var isLive = false

    /// The qualifications of its results, each a sentence.
    var reservations: [String] {
        var sentences: [String] = []
        if end == nil, !isLive {
            sentences.append("The recording was cut short: what came after \(Texts.clock(duration)) is missing.")
        }
        if end == .failed { sentences.append("The pipeline failed at \(Texts.clock(duration)).") }
        if damagedLines > 0 {
            sentences.append(
                "\(damagedLines) of its lines could not be read and \(damagedLines == 1 ? "is" : "are") left out.")
        }
        return sentences
    }
}
