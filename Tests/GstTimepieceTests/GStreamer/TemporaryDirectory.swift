import Glibc

/// A directory for a test's files, gone with the last reference.
final class TemporaryDirectory {
    let path: String
    private var files: [String] = []

    init() throws {
        var template = Array("/tmp/timepiece-tests-XXXXXX".utf8CString)
        let made = unsafe template.withUnsafeMutableBufferPointer { template -> String? in
            guard let start = template.baseAddress, let path = unsafe mkdtemp(start) else { return nil }
            return unsafe String(cString: path)
        }
        guard let made else { throw TestFailure("No temporary directory can be made.") }
        path = made
    }

    deinit {
        for file in files { unsafe unlink(file) }
        unsafe rmdir(path)
    }

    /// Returns the path of a file that is removed with the directory.
    func file(_ name: String) -> String {
        let file = "\(path)/\(name)"
        files.append(file)
        return file
    }
}
