import CUserSocket
import Glibc
import Synchronization
import Timepiece

/// Writes lines to a file, to a listening program, and to the readers of a socket, on a thread of its own.
///
/// Writing a line only puts it into a queue, which is bounded: if the file or the thread does not keep up, whole lines
/// are left out. So is a line for a reader that does not read. Readers and listeners have to be of the same user.
package final class LineOutput: Sendable {
    /// The destinations of lines.
    package struct Destinations: Sendable {
        /// A file, which is overwritten.
        package var file: String?
        /// The socket to listen on; `auto`: one named after the process in the user's own folder.
        package var socket: String?
        /// The socket of a listening program.
        package var listener: String?

        package init(file: String? = nil, socket: String? = nil, listener: String? = nil) {
            self.file = file
            self.socket = socket
            self.listener = listener
        }
    }

    /// The failure of a destination, in a sentence.
    package struct Problem: Error {
        package let sentence: String
    }

    /// The most bytes that may wait for a reader, or for the thread.
    static let limit = 4 << 20

    private struct State {
        var pending: [UInt8] = []
        var pendingLines = 0
        var isWriting = false
    }

    private let header: [UInt8]
    private let state = Mutex(State())
    private let wake: Int32
    private let path: String?

    /// Opens the destinations and starts the thread.
    ///
    /// - Parameter header: the first line that each reader gets.
    package init(_ destinations: Destinations, header: String) throws(Problem) {
        self.header = Array(header.utf8) + [UInt8(ascii: "\n")]
        var clients: [Client] = []
        if let file = destinations.file {
            clients.append(Client(try Self.create(file), file: file))
        }
        if let listener = destinations.listener {
            clients.append(Client(try UserSocket.connect(listener)))
        }
        var listening: Int32 = -1
        var path: String?
        if let socket = destinations.socket {
            path = try UserSocket.path(socket)
            listening = try UserSocket.listen(path ?? "")
        }
        self.path = path
        wake = timepiece_counter()
        guard wake >= 0 else { throw Problem(sentence: "no eventfd can be made (\(lastError()))") }
        for client in clients { client.add(self.header[...]) }
        let loop = Loop(self, clients, listening)
        do {
            try SystemThread { loop.run() }.detach()
        } catch {
            throw Problem(sentence: "no thread can be started for it")
        }
    }

    /// Puts a line into the queue; it is left out if the queue is full.
    package func write(_ line: String) {
        let isFirst = state.withLock { state in
            guard state.pending.count + line.utf8.count < Self.limit else { return false }
            state.pending.append(contentsOf: line.utf8)
            state.pending.append(UInt8(ascii: "\n"))
            return true
        }
        if isFirst { signal() }
    }

    /// Waits until the written lines have left the queue, or the time is over.
    package func flush(within limit: Duration) {
        let end = MonotonicInstant.now().nanoseconds.addingSaturating(UInt64(clamping: limit.nanoseconds))
        while state.withLock({ !$0.pending.isEmpty || $0.isWriting }), MonotonicInstant.now().nanoseconds < end {
            usleep(1000)
        }
    }

    /// Removes the socket's name; the process is about to end.
    package func close() {
        if let path { unsafe unlink(path) }
    }

    private func signal() {
        var one: UInt64 = 1
        _ = unsafe Glibc.write(wake, &one, 8)
    }

    private func take() -> [UInt8] {
        state.withLock { state in
            state.isWriting = !state.pending.isEmpty
            defer { state.pending = [] }
            return state.pending
        }
    }

    private func finishWriting() {
        state.withLock { $0.isWriting = false }
    }

    private static func create(_ file: String) throws(Problem) -> Int32 {
        // Without O_NONBLOCK a named pipe without a reader would block the process.
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK
        let follows = isOwnLink(file) ? 0 : O_NOFOLLOW
        let descriptor = unsafe open(file, flags | follows, 0o600)
        if descriptor >= 0 { return descriptor }
        if errno == ELOOP, follows != 0 {
            throw Problem(sentence: "record=\(file) is not written: it is a link of another user")
        }
        throw Problem(sentence: "record=\(file) cannot be written (\(lastError()))")
    }

    /// Whether a file is a link that belongs to this user or root.
    static func isOwnLink(_ file: String, user: uid_t = geteuid()) -> Bool {
        var status = stat()
        return unsafe lstat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
            && (status.st_uid == user || status.st_uid == 0)
    }

    /// A reader may disconnect; the early end of a file is reported.
    private static func complain(_ file: String, _ reason: String) {
        let line =
            "GST_TRACERS=timepiece: record=\(file) cannot be written (\(reason)). The process runs on, and nothing more "
            + "is written there.\n"
        _ = unsafe line.utf8CString.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count - 1) }
    }

    static func lastError() -> String {
        unsafe String(cString: strerror(errno))
    }

    private func lastError() -> String { Self.lastError() }

    /// The pending data of one reader.
    private final class Client {
        let descriptor: Int32
        /// Its path, of a file.
        let file: String?
        private var waiting: [UInt8] = []

        init(_ descriptor: Int32, file: String? = nil) {
            self.descriptor = descriptor
            self.file = file
        }

        var isBehind: Bool { !waiting.isEmpty }

        /// Lines that no longer fit are left out.
        func add(_ lines: ArraySlice<UInt8>) {
            if waiting.count + lines.count <= LineOutput.limit { waiting += lines }
        }

        /// Writes as much as possible without waiting; false if the reader has disconnected.
        func push() -> Bool {
            while !waiting.isEmpty {
                let count = unsafe waiting.withUnsafeBytes { bytes in
                    guard let first = bytes.baseAddress else { return 0 }
                    return file != nil
                        ? unsafe Glibc.write(descriptor, first, bytes.count)
                        : unsafe timepiece_send(descriptor, first, UInt(bytes.count))
                }
                if count > 0 {
                    waiting.removeFirst(count)
                } else if errno == EAGAIN || errno == EINTR {
                    return true
                } else {
                    return false
                }
            }
            return true
        }
    }

    /// The thread.
    private final class Loop: @unchecked Sendable {
        // Sendable: only the thread that runs it uses what is inside.
        private let output: LineOutput
        private var clients: [Client]
        private let listening: Int32

        init(_ output: LineOutput, _ clients: [Client], _ listening: Int32) {
            self.output = output
            self.clients = clients
            self.listening = listening
        }

        func run() {
            SystemThread.nameCurrent("timepiece-lines")
            while true {
                wait()
                var count: UInt64 = 0
                _ = unsafe read(output.wake, &count, 8)
                acceptReaders()
                let lines = output.take()
                for client in clients { client.add(lines[...]) }
                clients.removeAll { client in
                    guard !client.push() else { return false }
                    if let file = client.file { LineOutput.complain(file, LineOutput.lastError()) }
                    Glibc.close(client.descriptor)
                    return true
                }
                output.finishWriting()
            }
        }

        private func wait() {
            var polled = [pollfd(fd: output.wake, events: Int16(POLLIN), revents: 0)]
            if listening >= 0 { polled.append(pollfd(fd: listening, events: Int16(POLLIN), revents: 0)) }
            for client in clients where client.isBehind {
                polled.append(pollfd(fd: client.descriptor, events: Int16(POLLOUT), revents: 0))
            }
            _ = unsafe poll(&polled, nfds_t(polled.count), -1)
        }

        private func acceptReaders() {
            guard listening >= 0 else { return }
            while true {
                let descriptor = timepiece_accept(listening)
                guard descriptor >= 0 else { return }
                guard timepiece_peer_user(descriptor) == Int64(geteuid()) else {
                    Glibc.close(descriptor)
                    continue
                }
                let client = Client(descriptor)
                client.add(output.header[...])
                clients.append(client)
            }
        }
    }
}
