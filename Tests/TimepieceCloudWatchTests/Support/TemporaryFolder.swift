import Glibc

/// A folder of its own for a test, gone with the object.
final class TemporaryFolder {
    let path: String
    private var files: [String] = []

    init() {
        path = Self.make()
    }

    /// Makes a folder that is not removed, and returns its path.
    static func make() -> String {
        var template = Array("/tmp/timepiece-XXXXXX\0".utf8).map { CChar(bitPattern: $0) }
        _ = unsafe mkdtemp(&template)
        return String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        for file in files { _ = unsafe unlink(file) }
        _ = unsafe rmdir(path)
    }

    /// Writes a file and returns its path.
    @discardableResult
    func write(_ name: String, _ bytes: some Collection<UInt8>) -> String {
        let file = "\(path)/\(name)"
        let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        let content = Array(bytes)
        _ = unsafe Glibc.write(descriptor, content, content.count)
        close(descriptor)
        files.append(file)
        return file
    }

    /// Writes a file of text and returns its path.
    @discardableResult
    func write(_ name: String, _ text: String) -> String {
        write(name, Array(text.utf8))
    }
}
