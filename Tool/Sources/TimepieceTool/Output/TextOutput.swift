import CTerminal
import Glibc

/// A file to write text to; a reader that has gone is no error, only the end.
///
/// Sendable: the tool does all its work on the main thread; nothing else holds one.
final class TextOutput: @unchecked Sendable {
    private let descriptor: Int32
    private let name: String
    private let owned: Bool
    /// The reader closed its end: nobody wants more.
    private(set) var isClosed = false

    static let standard = TextOutput(descriptor: STDOUT_FILENO, name: "standard output", owned: false)
    static let errors = TextOutput(descriptor: STDERR_FILENO, name: "standard error", owned: false)

    /// The terminal that was entered, whatever standard output is meanwhile.
    static func terminal() -> TextOutput {
        TextOutput(descriptor: terminal_output(), name: "the terminal", owned: false)
    }

    private init(descriptor: Int32, name: String, owned: Bool) {
        self.descriptor = descriptor
        self.name = name
        self.owned = owned
    }

    /// Creates a file, or empties one. `-` is standard output.
    static func create(_ path: String) throws(Failure) -> TextOutput {
        if path == "-" { return standard }
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw Failure(.cannotCreate, "The file \(path) cannot be written: \(lastSystemError()).")
        }
        return TextOutput(descriptor: descriptor, name: path, owned: true)
    }

    deinit {
        if owned { close(descriptor) }
    }

    var isTerminal: Bool { isatty(descriptor) == 1 }

    func write(_ text: String) throws(Failure) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty, !isClosed {
            let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                bytes = bytes.dropFirst(count)
            } else if errno == EPIPE {
                isClosed = true
            } else if errno == EAGAIN {
                usleep(1_000)
            } else if errno != EINTR {
                throw Failure(.cannotCreate, "Writing to \(name) failed: \(lastSystemError()).")
            }
        }
    }

    func line(_ text: String) throws(Failure) {
        try write(text + "\n")
    }

    /// Says something aside, where nothing can be done if it fails.
    func note(_ text: String) {
        try? line(text)
    }
}

/// What the system says of the call that failed just now.
func lastSystemError() -> String {
    unsafe String(cString: strerror(errno))
}
