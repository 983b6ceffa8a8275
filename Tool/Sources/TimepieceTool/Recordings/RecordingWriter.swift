/// Writes a recording, line by line, so that a truncated one is still usable.
final class RecordingWriter {
    private let output: TextOutput
    private(set) var messageCount = 0
    /// New caps by label, which are written with the next message.
    private var caps: [String: String] = [:]

    init(_ output: TextOutput, _ header: RecordingHeader) throws(Failure) {
        self.output = output
        try output.write(header.json.text + "\n")
    }

    func write(_ event: RecordedEvent) throws(Failure) {
        var json = event.json
        switch event.content {
        case .caps(let label, let caps):
            self.caps[label] = caps
            return
        case .message(let fields):
            messageCount += 1
            if case .text(let label) = fields["label"], let caps = caps.removeValue(forKey: label),
                case .object(let members) = json
            {
                json = .object(members + [.init("caps", .string(caps))])
            }
        default: break
        }
        try output.write(json.text + "\n")
    }

    func write(at time: Duration, _ event: PipelineEvent) throws(Failure) {
        if let content = RecordedEvent.Content(event) { try write(RecordedEvent(at: time, content)) }
    }
}
