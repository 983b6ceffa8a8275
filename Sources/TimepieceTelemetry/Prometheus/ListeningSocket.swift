import Glibc

/// A TCP socket that listens on an address of this machine.
enum ListeningSocket {
    /// How many connections may wait to be accepted.
    private static let backlog: Int32 = 64

    /// Opens a socket that no child process inherits and that never blocks.
    ///
    /// - Parameter address: an IP address in digits, or `localhost`, which is 127.0.0.1.
    static func open(address: String, port: UInt16) throws(PrometheusError) -> Int32 {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_NUMERICHOST | AI_PASSIVE | AI_NUMERICSERV
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let host = address == "localhost" ? "127.0.0.1" : address
        guard unsafe getaddrinfo(host, String(port), &hints, &found) == 0, let entry = unsafe found else {
            throw PrometheusError(
                "The address for Prometheus is '\(address)'; allowed is an IP address of this machine, such as 127.0.0.1, "
                    + "::1, or 0.0.0.0 for all.")
        }
        defer { unsafe freeaddrinfo(found) }
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let socket = unsafe Glibc.socket(entry.pointee.ai_family, type, 0)
        guard socket >= 0 else { throw problem(address, port) }
        // A page that another process has just closed does not keep the port busy.
        var yes: Int32 = 1
        unsafe setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard unsafe bind(socket, entry.pointee.ai_addr, entry.pointee.ai_addrlen) == 0,
            listen(socket, backlog) == 0
        else {
            let error = problem(address, port)
            close(socket)
            throw error
        }
        return socket
    }

    private static func problem(_ address: String, _ port: UInt16) -> PrometheusError {
        let reason = unsafe String(cString: strerror(errno))
        let advice =
            switch errno {
            case EADDRINUSE: " Another program uses it; choose another port."
            case EADDRNOTAVAIL: " The address has to be one of this machine, such as 127.0.0.1."
            case EACCES: " Ports below 1024 need a privilege; choose a higher one."
            default: ""
            }
        return PrometheusError(
            "Prometheus cannot be given a page at port \(port) of \(address): \(reason).\(advice)")
    }
}
