import Glibc

/// Reading small files.
enum FileContents {
    /// Why a file was not read.
    enum Failure: Error, Equatable {
        /// There is no file of that name, or it is a directory or device.
        case missing
        /// The system refused, for the given reason.
        case unreadable(String)
        /// The system lacked the resources at that moment, for the given reason.
        case outOfMeans(String)
        /// It is longer than the limit.
        case tooLong(limit: Int)
        /// It is not UTF-8.
        case notText

        /// The end of a sentence about the file.
        var reason: String {
            switch self {
            case .missing: "is not there or is not a regular file"
            case .unreadable(let reason), .outOfMeans(let reason): "cannot be read: \(reason)"
            case .tooLong(let limit): "is longer than the \(limit) bytes that are read"
            case .notText: "is not text in UTF-8"
            }
        }

        /// Whether the same file may be readable later.
        var isTransient: Bool {
            if case .outOfMeans = self { true } else { false }
        }

        init(_ code: Int32) {
            switch code {
            case ENOENT, ENOTDIR: self = .missing
            case EMFILE, ENFILE, ENOMEM, EIO, EAGAIN: self = .outOfMeans(FileContents.reason(code))
            default: self = .unreadable(FileContents.reason(code))
            }
        }
    }

    /// Reads a regular file of text.
    static func read(_ path: String, limit: Int = 1_048_576) throws(Failure) -> String {
        // Without O_NONBLOCK, a pipe without a writer would block the thread.
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw Failure(errno) }
        defer { close(file) }
        var status = stat()
        guard unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw .missing }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe Glibc.read(file, &part, part.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Failure(errno) }
            guard count > 0 else { break }
            bytes += part.prefix(count)
            guard bytes.count <= limit else { throw .tooLong(limit: limit) }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notText }
        return text
    }

    fileprivate static func reason(_ code: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard unsafe strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
