import CTerminal
import Glibc

/// A file for text output; a closed reader is not an error, but the end.
///
/// Text that may come from outside goes through ``line(_:)`` or ``note(_:)``, which convert it for a terminal.
///
/// Sendable: the tool does all its work on the main thread; nothing else holds one.
final class TextOutput: @unchecked Sendable {
    private let descriptor: Int32
    private let name: String
    private let owned: Bool
    /// The reader closed its end.
    private(set) var isClosed = false

    static let standard = TextOutput(descriptor: STDOUT_FILENO, name: "standard output", owned: false)
    static let errors = TextOutput(descriptor: STDERR_FILENO, name: "standard error", owned: false)

    /// The terminal that was entered, regardless of standard output.
    static func terminal() -> TextOutput {
        TextOutput(descriptor: terminal_output(), name: "the terminal", owned: false)
    }

    private init(descriptor: Int32, name: String, owned: Bool) {
        self.descriptor = descriptor
        self.name = name
        self.owned = owned
    }

    /// Creates a file, or empties one. `-` is standard output.
    ///
    /// - Parameter overwriting: whether a file that exists may be emptied; devices and pipes are opened anyway.
    static func create(_ path: String, overwriting: Bool = true) throws(Failure) -> TextOutput {
        if path == "-" { return standard }
        let flags = O_WRONLY | O_CREAT | O_CLOEXEC
        var descriptor = unsafe open(path, flags | (overwriting ? O_TRUNC : O_EXCL), 0o644)
        if descriptor < 0, errno == EEXIST {
            var status = stat()
            guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG else { throw exists(path) }
            descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
        }
        guard descriptor >= 0 else {
            throw Failure(.cannotCreate, "The file \(path) cannot be written: \(lastSystemError()).")
        }
        return TextOutput(descriptor: descriptor, name: path, owned: true)
    }

    /// Throws if there is a file of that name; ``create(_:overwriting:)`` checks it again.
    static func refuseExisting(_ path: String) throws(Failure) {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        throw exists(path)
    }

    private static func exists(_ path: String) -> Failure {
        Failure(
            .cannotCreate, "The file \(path) exists already. Give another name with -o, or --force to overwrite it.")
    }

    deinit {
        if owned { close(descriptor) }
    }

    var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Writes text unchanged: documents whose writer escaped text from outside, and screens made by ``ScreenStyle``.
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

    /// Writes a line of text that may come from outside.
    func line(_ text: String) throws(Failure) {
        try write(TerminalText.visible(text) + "\n")
    }

    /// Writes lines, each as ``line(_:)``, and ignores failures.
    func note(_ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) { try? self.line(String(line)) }
    }
}

/// The system's message about the call that has just failed.
func lastSystemError() -> String {
    unsafe String(cString: strerror(errno))
}
