import CUserSocket
import Glibc
import Synchronization
import Timepiece

/// Hands lines to a file, to a program that listens, and to those who connect to a socket, on a thread of its own.
///
/// Writing a line only puts it into a queue, which is bounded: where the file or the thread does not keep up, lines
/// are left out, whole. So is a line for a reader that does not read. Readers and listeners have to be of the same user.
package final class LineOutput: Sendable {
    /// Where lines are to go.
    package struct Destinations: Sendable {
        /// A file, which is overwritten.
        package var file: String?
        /// The socket to listen on; `auto`: one named after the process in the user's own folder.
        package var socket: String?
        /// The socket of a program that listens.
        package var listener: String?

        package init(file: String? = nil, socket: String? = nil, listener: String? = nil) {
            self.file = file
            self.socket = socket
            self.listener = listener
        }
    }

    /// A destination that does not work, in a sentence.
    package struct Problem: Error {
        package let sentence: String
    }

    /// As many bytes may wait for a reader, or for the thread.
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
            clients.append(Client(try Self.create(file), isFile: true))
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
            pthread_detach(try startThread { loop.run() })
        } catch {
            throw Problem(sentence: "no thread can be started for it")
        }
    }

    /// Puts a line into the queue; it is left out if too much waits there.
    package func write(_ line: String) {
        let isFirst = state.withLock { state in
            guard state.pending.count + line.utf8.count < Self.limit else { return false }
            state.pending.append(contentsOf: line.utf8)
            state.pending.append(UInt8(ascii: "\n"))
            return true
        }
        if isFirst { signal() }
    }

    /// Waits until what was written has left the queue, or the time is over.
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
        // Without O_NONBLOCK a named pipe without a reader would hold up the process.
        let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else { throw Problem(sentence: "record=\(file) cannot be written (\(lastError()))") }
        return descriptor
    }

    static func lastError() -> String {
        unsafe String(cString: strerror(errno))
    }

    private func lastError() -> String { Self.lastError() }

    /// What one reader still has to get.
    private final class Client {
        let descriptor: Int32
        let isFile: Bool
        private var waiting: [UInt8] = []

        init(_ descriptor: Int32, isFile: Bool = false) {
            self.descriptor = descriptor
            self.isFile = isFile
        }

        var isBehind: Bool { !waiting.isEmpty }

        /// Lines that do not fit any more are left out.
        func add(_ lines: ArraySlice<UInt8>) {
            if waiting.count + lines.count <= LineOutput.limit { waiting += lines }
        }

        /// Writes what goes without waiting; false if the reader went.
        func push() -> Bool {
            while !waiting.isEmpty {
                let count = unsafe waiting.withUnsafeBytes { bytes in
                    guard let first = bytes.baseAddress else { return 0 }
                    return isFile
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
            nameThread("timepiece-lines")
            while true {
                wait()
                var count: UInt64 = 0
                _ = unsafe read(output.wake, &count, 8)
                acceptReaders()
                let lines = output.take()
                for client in clients { client.add(lines[...]) }
                clients.removeAll { client in
                    guard !client.push() else { return false }
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
