import Glibc

/// Writes a recording, line by line, so that one that is cut short is still worth something.
final class RecordingWriter {
    private let output: TextOutput
    private(set) var messageCount = 0

    init(_ output: TextOutput, description: String) throws(Failure) {
        self.output = output
        try output.line(RecordingHeader(description: description, started: Self.now()).json.text)
    }

    func write(_ event: RecordedEvent) throws(Failure) {
        if case .message = event.content { messageCount += 1 }
        try output.line(event.json.text)
    }

    func write(at time: Duration, _ event: PipelineEvent) throws(Failure) {
        let content: RecordedEvent.Content =
            switch event {
            case .message(let fields): .message(fields)
            case .warning(let source, let text): .warning(source: source, text: text)
            case .failure(let source, let text): .failure(source: source, text: text)
            }
        try write(RecordedEvent(at: time, content))
    }

    private static func now() -> String {
        var seconds = time(nil)
        var parts = unsafe tm()
        unsafe gmtime_r(&seconds, &parts)
        func padded(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let date = unsafe "\(parts.tm_year + 1900)-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))"
        return unsafe "\(date)T\(padded(parts.tm_hour)):\(padded(parts.tm_min)):\(padded(parts.tm_sec))Z"
    }
}
