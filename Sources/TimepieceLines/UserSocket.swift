import CUserSocket
import Glibc

/// Sockets in the file system that only one user may use.
enum UserSocket {
    /// The path of `auto`: `PID.sock` in the user's own folder, which is made if necessary.
    static func path(_ given: String) throws(LineOutput.Problem) -> String {
        guard given == "auto" else { return given }
        let folder = try folder()
        return "\(folder)/\(getpid()).sock"
    }

    /// `$XDG_RUNTIME_DIR/timepiece`, or one in /tmp with the user's number if the system has none.
    private static func folder() throws(LineOutput.Problem) -> String {
        var folder = "/tmp/timepiece-\(geteuid())"
        if let given = unsafe getenv("XDG_RUNTIME_DIR"), unsafe given.pointee != 0 {
            folder = unsafe String(cString: given) + "/timepiece"
        }
        if unsafe mkdir(folder, 0o700) != 0, errno != EEXIST {
            throw LineOutput.Problem(sentence: "the folder \(folder) cannot be made (\(LineOutput.lastError()))")
        }
        var status = stat()
        guard unsafe lstat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
            status.st_uid == geteuid(), status.st_mode & 0o022 == 0
        else {
            throw LineOutput.Problem(sentence: "the folder \(folder) is not this user's own, or others may write there")
        }
        return folder
    }

    static func listen(_ path: String) throws(LineOutput.Problem) -> Int32 {
        let descriptor = try make(path)
        // One that a process left behind, and that has no listener, is replaced.
        if bind(descriptor, to: path) != 0, errno == EADDRINUSE, isLeft(path) {
            unsafe unlink(path)
            _ = bind(descriptor, to: path)
        }
        guard isBound(descriptor), unsafe chmod(path, 0o600) == 0, Glibc.listen(descriptor, 16) == 0 else {
            let reason = LineOutput.lastError()
            close(descriptor)
            throw LineOutput.Problem(sentence: "socket=\(path) cannot be listened on (\(reason))")
        }
        return descriptor
    }

    /// Connects to a program of the same user.
    static func connect(_ path: String) throws(LineOutput.Problem) -> Int32 {
        let descriptor = try make(path)
        guard unsafe timepiece_connect(descriptor, path) == 0 else {
            let reason = LineOutput.lastError()
            close(descriptor)
            throw LineOutput.Problem(sentence: "connect=\(path) does not answer (\(reason))")
        }
        guard timepiece_peer_user(descriptor) == Int64(geteuid()) else {
            close(descriptor)
            throw LineOutput.Problem(sentence: "connect=\(path) is another user's")
        }
        return descriptor
    }

    private static func make(_ path: String) throws(LineOutput.Problem) -> Int32 {
        // sockaddr_un has room for 108 bytes with the terminator.
        guard !path.isEmpty, path.utf8.count < 108 else {
            throw LineOutput.Problem(
                sentence: "the path of a socket has 1 to 107 bytes, but \"\(path)\" has \(path.utf8.count)")
        }
        let descriptor = timepiece_socket()
        guard descriptor >= 0 else {
            throw LineOutput.Problem(sentence: "no socket can be made (\(LineOutput.lastError()))")
        }
        return descriptor
    }

    private static func bind(_ descriptor: Int32, to path: String) -> Int32 {
        unsafe timepiece_bind(descriptor, path)
    }

    private static func isBound(_ descriptor: Int32) -> Bool {
        timepiece_is_bound(descriptor) != 0
    }

    private static func isLeft(_ path: String) -> Bool {
        let probe = timepiece_socket()
        guard probe >= 0 else { return false }
        defer { close(probe) }
        return unsafe timepiece_connect(probe, path) != 0 && errno == ECONNREFUSED
    }
}
