import Glibc
import Synchronization

/// Lines to standard output or to the end of a file.
///
/// A line is one `write`, so that lines of several processes do not mix; the file is opened anew for each, so that it
/// can be rotated.
package final class FileOutput: LineOutput {
    private let path: String?
    /// True if the last line was cut short by a full disk, so that the next has to begin on a line of its own.
    private let isCut = Mutex(false)

    /// Makes an output to a file, or to standard output.
    package init(path: String?) {
        self.path = path
    }

    /// Opens the file for writing to see that it can be, and closes it.
    package func check() throws(LineOutputError) {
        _ = try withDescriptor { _ in 0 }
    }

    package func write(_ line: [UInt8], timeout: Duration) throws(LineOutputError) {
        // On a terminal, as `docker run -t` gives one, gst-launch's position stands in the line already.
        let startsAnew = isCut.withLock { $0 } || path == nil && isatty(STDOUT_FILENO) == 1
        let bytes = startsAnew ? [UInt8(ascii: "\n")] + line : line
        let written = try withDescriptor { unsafe Glibc.write($0, bytes, bytes.count) }
        let code = errno
        isCut.withLock { $0 = written > 0 && written < bytes.count || $0 && written <= 0 }
        guard written == bytes.count else {
            let reason = written < 0 ? unsafe String(cString: strerror(code)) : "it is full"
            throw LineOutputError("\(name) took no line: \(reason).")
        }
    }

    private var name: String { path ?? "Standard output" }

    private func withDescriptor(_ body: (Int32) -> Int) throws(LineOutputError) -> Int {
        guard let path else { return body(STDOUT_FILENO) }
        let file = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else {
            throw LineOutputError("\(path) cannot be opened for writing: \(unsafe String(cString: strerror(errno))).")
        }
        let result = body(file)
        let code = errno
        close(file)
        errno = code
        return result
    }
}
