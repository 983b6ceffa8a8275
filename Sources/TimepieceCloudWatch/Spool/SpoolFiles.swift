import Glibc

/// The file of a spool and those beside it, checked for files that another user of the machine could have put there.
///
/// A user who controls a file that SQLite opens controls the published data, and through a journal which files are
/// deleted. So the directory has to belong to this user or root, and be closed to others unless it is sticky; the files
/// have to be this user's, regular and without a second name; and no directory of the path may belong to another user.
/// Files that do not meet this are not touched.
struct SpoolFiles: Sendable {
    /// The file's path without links, which no other user can redirect.
    let path: String
    /// The file that was opened.
    private var device: dev_t = 0
    private var node: ino_t = 0
    private let user: uid_t

    /// Checks the place of a spool, and makes the file and its journal if they do not exist, with mode 0600.
    ///
    /// - Parameters:
    ///   - asked: the requested path.
    ///   - user: the owner of the files.
    init(_ asked: String, user: uid_t = geteuid()) throws(SpoolError) {
        self.user = user
        let (directory, name) = Self.split(asked)
        let mode = try Self.check(directory: directory, of: asked, user)
        guard let resolved = unsafe realpath(directory, nil) else {
            throw Self.failure(asked, "its directory \(directory) cannot be found", errno)
        }
        defer { unsafe free(resolved) }
        let place = unsafe String(cString: resolved)
        try Self.check(waysTo: place, of: asked, user)
        path = (place == "/" ? "" : place) + "/" + name
        for end in ["", "-journal", "-wal", "-shm", ".damaged"] { try Self.check(file: path + end, user) }
        try Self.make(path, user)
        try Self.make(path + "-journal", user)
        // In a directory of all users, another user must not be able to put a write-ahead log there, which SQLite would
        // read; SQLite ignores an empty one.
        if mode & 0o022 != 0 { try Self.make(path + "-wal", user) }
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { throw Self.failure(path, "it cannot be read", errno) }
        (device, node) = (status.st_dev, status.st_ino)
    }

    /// Throws if the file has been removed or replaced.
    func checkSame() throws(SpoolError) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_dev == device, status.st_ino == node else {
            throw SpoolError(.lost, "The spool \(path) was removed or replaced while it was in use.")
        }
    }

    /// Gives the file another name, with `.damaged` at the end, and removes its journal; returns whether that
    /// succeeded.
    func setAside() -> Bool {
        guard (try? checkSame()) != nil, unsafe rename(path, path + ".damaged") == 0 else { return false }
        unsafe unlink(path + "-journal")
        return true
    }

    static func split(_ path: String) -> (directory: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let directory = path[..<slash]
        return (directory.isEmpty ? "/" : String(directory), String(path[path.index(after: slash)...]))
    }

    /// Checks the directory of a spool; returns its mode.
    private static func check(directory: String, of path: String, _ user: uid_t) throws(SpoolError) -> mode_t {
        var status = stat()
        guard unsafe lstat(directory, &status) == 0 else {
            throw failure(path, "its directory \(directory) cannot be found", errno)
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw untrusted(path, "\(directory) is not a directory")
        }
        guard status.st_uid == user || status.st_uid == 0 else {
            throw untrusted(path, "the directory \(directory) belongs to another user (\(status.st_uid))")
        }
        guard status.st_mode & 0o022 == 0 || status.st_mode & S_ISVTX != 0 else {
            throw untrusted(
                path, "other users can write to the directory \(directory) (mode \(octal(status.st_mode)))")
        }
        return status.st_mode
    }

    /// Checks the directories above a directory: another user must not be able to replace it.
    private static func check(waysTo directory: String, of path: String, _ user: uid_t) throws(SpoolError) {
        var above = split(directory).directory
        while true {
            var status = stat()
            guard unsafe lstat(above, &status) == 0 else { throw failure(path, "\(above) cannot be read", errno) }
            guard status.st_uid == user || status.st_uid == 0 else {
                throw untrusted(path, "the directory \(above) belongs to another user (\(status.st_uid))")
            }
            guard status.st_mode & S_IWOTH == 0 || status.st_mode & S_ISVTX != 0 else {
                throw untrusted(path, "other users can write to the directory \(above) (mode \(octal(status.st_mode)))")
            }
            guard above != "/" else { return }
            above = split(above).directory
        }
    }

    /// Checks a file, if it exists.
    private static func check(file: String, _ user: uid_t) throws(SpoolError) {
        var status = stat()
        guard unsafe lstat(file, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFREG else { throw untrusted(file, "it is not a regular file") }
        guard status.st_uid == user else {
            throw untrusted(file, "it belongs to another user (\(status.st_uid))")
        }
        guard status.st_nlink == 1 else { throw untrusted(file, "it has \(status.st_nlink) names") }
        guard status.st_mode & 0o022 == 0 else {
            throw untrusted(file, "other users can write to it (mode \(octal(status.st_mode)))")
        }
    }

    /// Makes an empty file if there is none.
    ///
    /// An existing one is not opened: closing any descriptor of a file that another connection of this process has
    /// locked would end the lock.
    private static func make(_ path: String, _ user: uid_t) throws(SpoolError) {
        let file = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if file >= 0 {
            close(file)
        } else if errno == EEXIST {
            try check(file: path, user)
        } else {
            throw failure(path, "it cannot be opened for writing", errno)
        }
    }

    private static func untrusted(_ path: String, _ reason: String) -> SpoolError {
        SpoolError(.untrusted, "The spool \(path) is not used: \(reason).")
    }

    private static func failure(_ path: String, _ what: String, _ code: Int32) -> SpoolError {
        let kind: SpoolError.Kind = code == ENOSPC || code == EDQUOT ? .full : .unusable
        return SpoolError(kind, "The spool \(path) is not used: \(what): \(unsafe String(cString: strerror(code))).")
    }

    private static func octal(_ mode: mode_t) -> String { "0" + String(mode & 0o7777, radix: 8) }
}
