import CUserSocket
import Glibc

/// The sockets by which the tracer of a program reports its measurements; only for programs of the same user.
enum TraceSocket {
    /// Where the tracer of a process listens with `socket=auto`.
    static func path(of process: Int32) -> String {
        "\(folder)/\(process).sock"
    }

    /// The folder of this user, the same as the tracer's.
    private static var folder: String {
        guard let given = unsafe getenv("XDG_RUNTIME_DIR"), unsafe given.pointee != 0 else {
            return "/tmp/timepiece-\(geteuid())"
        }
        return unsafe String(cString: given) + "/timepiece"
    }

    /// Connects to the tracer of a process.
    static func connect(to process: Int32) throws(Failure) -> Int32 {
        let path = path(of: process)
        let descriptor = timepiece_socket()
        guard descriptor >= 0 else { throw Failure(.noInput, "No socket can be made: \(lastSystemError()).") }
        guard unsafe timepiece_connect(descriptor, path) == 0 else {
            let reason = lastSystemError()
            close(descriptor)
            throw Failure(.noInput, explain(process, path, reason))
        }
        guard isOwn(descriptor) else {
            close(descriptor)
            throw Failure(.noInput, "The socket \(path) is another user's.")
        }
        return descriptor
    }

    /// Says why the tracer of a process does not answer.
    private static func explain(_ process: Int32, _ path: String, _ reason: String) -> String {
        let isKnown = process > 0 && (kill(process, 0) == 0 || errno == EPERM)
        guard isKnown else { return "There is no process \(process)." }
        guard isOwn(process: process) else {
            return "The process \(process) is another user's, and only those of the same user can be attached to."
        }
        return "The process \(process) does not answer at \(path): \(reason). Start it with "
            + "GST_TRACERS=\"timepiece(socket=auto)\"; the socket is there as soon as it has a pipeline."
    }

    /// Whether a process is of this user.
    private static func isOwn(process: Int32) -> Bool {
        guard kill(process, 0) == 0 else { return false }
        // The superuser may send signals to all.
        var status = stat()
        guard geteuid() == 0, unsafe lstat("/proc/\(process)", &status) == 0 else { return true }
        return status.st_uid == 0
    }

    /// Listens for a program that is about to be started; the caller removes the name.
    static func listen() throws(Failure) -> (descriptor: Int32, path: String) {
        if unsafe mkdir(folder, 0o700) != 0, errno != EEXIST {
            throw Failure(.cannotCreate, "The folder \(folder) cannot be made: \(lastSystemError()).")
        }
        var status = stat()
        guard unsafe lstat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(),
            status.st_mode & 0o022 == 0
        else { throw Failure(.cannotCreate, "The folder \(folder) is not this user's own, or others may write there.") }
        let path = "\(folder)/run-\(getpid()).sock"
        unsafe unlink(path)
        let descriptor = timepiece_socket()
        guard descriptor >= 0, unsafe timepiece_bind(descriptor, path) == 0, unsafe chmod(path, 0o600) == 0,
            Glibc.listen(descriptor, 16) == 0
        else { throw Failure(.cannotCreate, "The socket \(path) cannot be listened on: \(lastSystemError()).") }
        return (descriptor, path)
    }

    /// Whether the peer belongs to this user.
    static func isOwn(_ descriptor: Int32) -> Bool {
        timepiece_peer_user(descriptor) == Int64(geteuid())
    }
}

/// One connection to a tracer: bytes in, events out.
struct TraceReader {
    let descriptor: Int32
    private var pending: [UInt8] = []
    /// Longer than any line of a tracer.
    private static let longestLine = 16 << 20

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Reads the available bytes; nil at the end, or if the peer does not write lines of a recording.
    mutating func read() -> [RecordedEvent]? {
        var events: [RecordedEvent] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EAGAIN || errno == EINTR { return events }
            guard count > 0 else { return events.isEmpty ? nil : events }
            var rest = chunk[..<count]
            while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
                pending += rest[..<newline]
                if let json = try? JSONParser.parse(pending), let event = RecordedEvent(json) { events.append(event) }
                pending.removeAll(keepingCapacity: true)
                rest = rest[rest.index(after: newline)...]
            }
            pending += rest
            guard pending.count <= Self.longestLine else { return nil }
        }
    }
}
