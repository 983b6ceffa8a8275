package import Glibc
import Synchronization
import Timepiece

/// Lines to standard output or to the end of a file.
///
/// A line is one `write`, so that lines of several processes do not mix; the file is opened again for each, so that it
/// can be rotated, and a named pipe may have a reader or not. Opening never waits. The file's mode is that of the
/// umask, because other programs read it; links of other users are not followed.
package final class FileOutput: LineOutput {
    private let path: String?
    /// The user whose links are followed, in addition to root's.
    private let user: uid_t
    /// True if the last line was truncated, so that the next has to begin on a new line.
    private let isCut = Mutex(false)

    /// Makes an output to a file, or to standard output.
    package init(path: String?, user: uid_t = geteuid()) {
        self.path = path
        self.user = user
    }

    /// Opens the file for writing to verify that it can be opened, and closes it; a condition that may change a moment
    /// later is not an error.
    package func check() throws(LineOutputError) {
        guard let path else { return }
        let passing = [ENXIO, ENOSPC, EDQUOT, EMFILE, ENFILE, ENOMEM, EIO, EINTR, EAGAIN]
        let file = try open(path)
        if file >= 0 {
            close(file)
        } else if !passing.contains(errno) {
            throw failure(path, errno)
        }
    }

    package func write(_ line: [UInt8], timeout: Duration) throws(LineOutputError) {
        let end = MonotonicInstant.now().advanced(by: timeout)
        // On a terminal, as with `docker run -t`, the line already contains gst-launch's position.
        let startsAnew = isCut.withLock { $0 } || path == nil && isatty(STDOUT_FILENO) == 1
        let bytes = startsAnew ? [UInt8(ascii: "\n")] + line : line
        guard let path else { return try finish(bytes, write(bytes, to: STDOUT_FILENO, until: end)) }
        let file = try open(path)
        guard file >= 0 else { throw failure(path, errno) }
        let (count, code) = write(bytes, to: file, until: end)
        close(file)
        try finish(bytes, (count, code))
    }

    private var name: String { path ?? "Standard output" }

    private func finish(_ bytes: [UInt8], _ outcome: (count: Int, code: Int32)) throws(LineOutputError) {
        let (count, code) = outcome
        isCut.withLock { $0 = count > 0 && count < bytes.count || $0 && count == 0 }
        guard count == bytes.count else {
            let reason = code == 0 ? "it is full" : unsafe String(cString: strerror(code))
            throw LineOutputError("\(name) took no line: \(reason).")
        }
    }

    /// Writes as much as possible within a time; returns how many bytes were written, and the reason if not all were.
    private func write(_ bytes: [UInt8], to file: Int32, until end: MonotonicInstant) -> (count: Int, code: Int32) {
        var count = 0
        while count < bytes.count {
            let rest = Array(bytes[count...])
            let written = unsafe Glibc.write(file, rest, rest.count)
            if written > 0 {
                count += written
                continue
            }
            guard written < 0, errno == EAGAIN || errno == EINTR else { return (count, written == 0 ? 0 : errno) }
            let left = MonotonicInstant.now().duration(to: end).nanoseconds / 1_000_000
            guard left > 0 else { return (count, ETIMEDOUT) }
            // A pipe whose reader is slow.
            var question = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
            unsafe poll(&question, 1, Int32(clamping: left))
        }
        return (count, 0)
    }

    /// Opens the file without waiting; less than 0 if the system refuses.
    private func open(_ path: String) throws(LineOutputError) -> Int32 {
        let isLink = try followsLink(path, depth: 0)
        let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (isLink ? 0 : O_NOFOLLOW)
        return unsafe Glibc.open(path, flags, 0o666)
    }

    /// Checks all links in the path of a file; returns whether the last component is a link.
    ///
    /// - Throws: if one of them belongs neither to this user nor to root.
    private func followsLink(_ path: String, depth: Int) throws(LineOutputError) -> Bool {
        var place = path.hasPrefix("/") ? "/" : ""
        var isLink = false
        for part in path.split(separator: "/") {
            let above = place
            place += part
            var status = stat()
            isLink = unsafe lstat(place, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
            if isLink {
                guard status.st_uid == user || status.st_uid == 0 else {
                    throw LineOutputError("\(path) is not used: \(place) is a link of another user (\(status.st_uid)).")
                }
                var target = [CChar](repeating: 0, count: Int(PATH_MAX))
                let count = unsafe readlink(place, &target, target.count)
                let text = String(decoding: target.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
                // More links than the system follows (path_resolution(7)) it refuses itself.
                if depth < 40 { _ = try followsLink(text.hasPrefix("/") ? text : above + text, depth: depth + 1) }
            }
            place += "/"
        }
        return isLink
    }

    private func failure(_ path: String, _ code: Int32) -> LineOutputError {
        let reason = code == ENXIO ? "nothing reads the pipe" : unsafe String(cString: strerror(code))
        return LineOutputError("\(path) cannot be opened for writing: \(reason).")
    }
}
