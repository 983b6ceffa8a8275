import Glibc

@testable import TimepieceCloudWatch

/// A folder for one spool, gone with the object and all that lies in it.
final class SpoolFolder: Sendable {
    private let folder: String

    /// The folder itself.
    var directory: String { folder }

    /// The path of the spool, where nothing is yet.
    var path: String { folder + "/spool.sqlite" }

    init() {
        folder = TemporaryFolder.make()
    }

    deinit {
        _ = unsafe chmod(folder, 0o700)
        for end in ["", "-journal", "-wal", ".damaged"] { _ = unsafe unlink(path + end) }
        _ = unsafe rmdir(folder)
    }

    /// The size of the file in bytes.
    var size: Int {
        var information = stat()
        return unsafe stat(path, &information) == 0 ? Int(information.st_size) : -1
    }

    /// The mode of the file.
    var mode: UInt32 {
        var information = stat()
        return unsafe stat(path, &information) == 0 ? information.st_mode & 0o777 : 0
    }

    /// Puts bytes in the place of the file, or of another one.
    func write(_ bytes: [UInt8], to other: String? = nil) {
        let file = unsafe open(other ?? path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        _ = unsafe Glibc.write(file, bytes, bytes.count)
        close(file)
    }

    /// A place for another file of the test.
    var otherPath: String { path + ".damaged" }

    /// All bytes of the file and of its journal.
    var content: [UInt8] { read(path) + read(path + "-journal") }

    /// Gives a destination in the file another name.
    func rename(_ name: String, to other: String) throws {
        let database = try Database(path: path, busyTimeout: .seconds(5))
        try database.run("UPDATE datum SET destination = ? WHERE destination = ?", [.text(other), .text(name)])
    }

    /// Whether a text is anywhere in the file or in its journal.
    func contains(_ text: String) -> Bool {
        let (all, part) = (content, Array(text.utf8))
        return all.indices.contains { all[$0...].starts(with: part) }
    }

    /// All bytes of a file.
    func read(_ path: String) -> [UInt8] {
        let file = unsafe open(path, O_RDONLY)
        guard file >= 0 else { return [] }
        defer { close(file) }
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe Glibc.read(file, &chunk, chunk.count)
            guard count > 0 else { return result }
            result += chunk.prefix(count)
        }
    }
}
