import Glibc

/// Reads recordings line by line, and passes each event on: memory does not grow with the file.
struct RecordingReader {
    /// Reads a file; `-` is standard input.
    ///
    /// A truncated last line is left out, and so are damaged lines; ``Recording/reservations`` reports it.
    ///
    /// - Parameters:
    ///   - progress: called at intervals with the bytes read so far and those of the file, 0 if unknown.
    ///   - take: called with each event, in the order of the file.
    static func read(
        _ path: String, progress: (Int, Int) -> Void = { _, _ in }, _ take: (RecordedEvent) -> Void
    ) throws(Failure) -> Recording {
        let descriptor = path == "-" ? dup(STDIN_FILENO) : unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure(.noInput, "The recording \(path) cannot be read: \(lastSystemError()).")
        }
        defer { close(descriptor) }
        var status = stat()
        let size = unsafe fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
        var reader = RecordingReader(name: path)
        var pending: [UInt8] = []
        var total = 0
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw Failure(.noInput, "The recording \(path) cannot be read: \(lastSystemError()).")
            }
            if count == 0 { break }
            total += count
            var rest = chunk[..<count]
            while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
                if pending.isEmpty {
                    try reader.take(rest[..<newline], isWhole: true, take)
                } else {
                    pending += rest[..<newline]
                    try reader.take(pending, isWhole: true, take)
                    pending.removeAll(keepingCapacity: true)
                }
                rest = rest[rest.index(after: newline)...]
            }
            pending += rest
            // A disk image, or /dev/zero, is not a recording, which is recognized without reading it to its end.
            guard pending.count <= Self.longestLine else { throw reader.foreign }
            progress(total, size)
        }
        if !pending.isEmpty { try reader.take(pending, isWhole: false, take) }
        return try reader.recording()
    }

    /// Reads a recording that is in memory.
    static func read(
        text: String, name: String, _ take: (RecordedEvent) -> Void
    ) throws(Failure) -> Recording {
        var reader = RecordingReader(name: name)
        let lines = Array(text.utf8).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for line in lines.dropLast() { try reader.take(line, isWhole: true, take) }
        if let last = lines.last { try reader.take(last, isWhole: false, take) }
        return try reader.recording()
    }

    /// Longer than any line: a thousand intervals are 20 KB.
    private static let longestLine = 16 << 20

    private let name: String
    private var header: RecordingHeader?
    private var last = Duration.zero
    private var end: EndReason?
    private var damaged = 0

    private init(name: String) {
        self.name = name
    }

    private mutating func take(
        _ line: some Collection<UInt8>, isWhole: Bool, _ take: (RecordedEvent) -> Void
    ) throws(Failure) {
        if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) { return }
        guard let json = try? JSONParser.parse(line) else {
            guard header != nil else { throw foreign }
            // The last line of a truncated recording is not counted as damage.
            if isWhole { damaged += 1 }
            return
        }
        guard header != nil else {
            header = try read(header: json)
            return
        }
        guard let event = RecordedEvent(json) else { return }
        last = max(last, event.at)
        if case .end(let reason) = event.content { end = reason }
        take(event)
        // They are part of the first message that they apply to.
        if case .message(let fields) = event.content, case .text(let label) = fields["label"],
            let caps = json["caps"]?.string
        {
            take(RecordedEvent(at: event.at, .caps(label: label, caps: caps)))
        }
    }

    private var foreign: Failure {
        Failure(.data, "\(name) is not a recording: it does not begin, or not go on, as timepiece record writes.")
    }

    private func read(header json: JSONValue) throws(Failure) -> RecordingHeader {
        guard json["timepiece"]?.string == "recording", let version = json["version"]?.unsigned else { throw foreign }
        guard version <= RecordingHeader.version else {
            throw Failure(
                .data,
                "\(name) was recorded by a newer timepiece (format \(version)); this one reads formats up to "
                    + "\(RecordingHeader.version). Update timepiece to read it.")
        }
        return RecordingHeader(json)
    }

    private func recording() throws(Failure) -> Recording {
        guard let header else { throw Failure(.data, "\(name) is empty: it is not a recording.") }
        return Recording(name: name, header: header, duration: last, end: end, damagedLines: damaged)
    }
}
