import Glibc
import Synchronization
import Timepiece

/// Lines to an agent over TCP, or a datagram each over UDP.
///
/// A TCP connection is kept, and reopened when the agent has closed it. Neither protocol confirms what the agent
/// received.
package final class SocketOutput: LineOutput {
    private let host: String
    private let port: String
    private let isStream: Bool
    private let descriptor = Mutex<Int32>(-1)

    /// Makes an output to a host; it connects when the first line is written.
    package init(host: String, port: UInt16, isStream: Bool) {
        self.host = host
        self.port = String(port)
        self.isStream = isStream
    }

    deinit {
        let last = descriptor.withLock { $0 }
        if last >= 0 { close(last) }
    }

    package func write(_ line: [UInt8], timeout: Duration) throws(LineOutputError) {
        try descriptor.withLock { (socket) throws(LineOutputError) in
            if socket >= 0, isStream, isClosedByPeer(socket) {
                close(socket)
                socket = -1
            }
            if socket < 0 { socket = try connect(timeout: timeout) }
            var rest = line[...]
            while !rest.isEmpty {
                let bytes = Array(rest)
                let count = unsafe send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                guard count > 0 else {
                    if !isStream, errno == EMSGSIZE {
                        throw LineOutputError(
                            "A document of \(line.count) bytes fits no datagram to the agent at \(host):\(port); a "
                                + "tcp:// address takes it.", neverFits: true)
                    }
                    let reason = unsafe String(cString: strerror(errno))
                    close(socket)
                    socket = -1
                    throw LineOutputError(
                        "The agent at \(host):\(port) took no line: \(reason).", mayHaveArrived: rest.count < line.count
                    )
                }
                rest = isStream ? rest.dropFirst(count) : []
            }
        }
    }

    private func isClosedByPeer(_ socket: Int32) -> Bool {
        var byte: UInt8 = 0
        let flags = Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)
        let count = unsafe recv(socket, &byte, 1, flags)
        return count == 0 || count < 0 && errno != EAGAIN && errno != EINTR
    }

    private func connect(timeout: Duration) throws(LineOutputError) -> Int32 {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(isStream ? SOCK_STREAM.rawValue : SOCK_DGRAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, port, &hints, &found)
        guard code == 0 else {
            throw LineOutputError(
                "The agent's host \(host) was not found: \(unsafe String(cString: gai_strerror(code))).")
        }
        defer { unsafe freeaddrinfo(found) }
        var failure = "it has no address"
        var next = unsafe found
        while let entry = unsafe next {
            unsafe next = entry.pointee.ai_next
            let type = unsafe entry.pointee.ai_socktype | Int32(SOCK_CLOEXEC.rawValue)
            let socket = unsafe Glibc.socket(entry.pointee.ai_family, type, entry.pointee.ai_protocol)
            guard socket >= 0 else { continue }
            // On Linux the time-out for sending also applies to connecting (socket(7)).
            var limit = timeval()
            limit.tv_sec = Int(max(1, min(timeout.components.seconds, 60)))
            let size = socklen_t(MemoryLayout<timeval>.size)
            unsafe setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
            if unsafe Glibc.connect(socket, entry.pointee.ai_addr, entry.pointee.ai_addrlen) == 0 { return socket }
            failure = unsafe String(cString: strerror(errno))
            close(socket)
        }
        throw LineOutputError("The agent at \(host):\(port) cannot be reached: \(failure).")
    }
}
