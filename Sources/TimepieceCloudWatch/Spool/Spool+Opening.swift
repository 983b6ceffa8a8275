import Glibc
import Synchronization

extension Spool {
    /// The number of the layout in the file's header; a later version that changes the tables raises it.
    private static let layout: Int64 = 1

    /// Opening is done by one thread at a time: making a file closes a descriptor of it, which would end the lock of a
    /// connection that another thread had made meanwhile.
    private static let opening = Mutex<Void>(())

    /// Checks and opens the file and creates its tables; sets a damaged one aside and makes another.
    static func open(
        _ path: String, pages: Int64, busyTimeout: Duration
    ) throws(SpoolError) -> (files: SpoolFiles, database: Database) {
        SpoolLocation.makeDirectories(above: path)
        return try opening.withLock { _ throws(SpoolError) in
            let files = try SpoolFiles(path)
            do throws(SpoolError) {
                return (files, try prepare(files.path, pages: pages, busyTimeout: busyTimeout))
            } catch {
                guard error.kind == .damaged, files.setAside() else { throw error }
                let files = try SpoolFiles(path)
                return (files, try prepare(files.path, pages: pages, busyTimeout: busyTimeout))
            }
        }
    }

    /// The bytes of the journal that are kept between transactions: enough for a few dozen data.
    private static let journalReserve = 64 << 10

    private static func prepare(_ path: String, pages: Int64, busyTimeout: Duration) throws(SpoolError) -> Database {
        let database = try Database(path: path, busyTimeout: busyTimeout)
        // PERSIST leaves the journal in place, so that no directory entry has to reach the disk for a commit to last,
        // and neither have its bytes: on a full disk, the data in the file can still be taken, sent and removed.
        try database.execute("PRAGMA journal_mode = PERSIST")
        try database.execute("PRAGMA journal_size_limit = \(journalReserve)")
        try database.execute("PRAGMA synchronous = FULL")
        try database.execute("PRAGMA secure_delete = OFF")
        try database.execute("PRAGMA max_page_count = \(pages)")
        let found = try database.number("PRAGMA user_version")
        guard found <= layout else {
            throw SpoolError(.unusable, "The spool \(path) was written by a later version of Timepiece.")
        }
        if found < layout {
            try database.transaction { () throws(SpoolError) in
                try database.execute(tables)
                try database.execute("PRAGMA user_version = \(layout)")
            }
        }
        try reserveJournal(of: database, path)
        // Reads the tables' definitions, which shows a damaged file at once.
        _ = try database.number("SELECT count(*) FROM boot")
        _ = try database.number("SELECT id FROM datum ORDER BY id LIMIT 1")
        return database
    }

    /// Makes the journal as long as its reserve, if it is not: with zeros, which SQLite reads as no journal.
    ///
    /// In a transaction, so that no other process writes there; a disk without room for it cannot be used.
    private static func reserveJournal(of database: Database, _ path: String) throws(SpoolError) {
        try database.transaction { () throws(SpoolError) in
            let file = unsafe Glibc.open(path + "-journal", O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard file >= 0 else { return }
            defer { close(file) }
            var information = stat()
            guard unsafe fstat(file, &information) == 0, information.st_size < journalReserve else { return }
            let zeros = [UInt8](repeating: 0, count: journalReserve - Int(information.st_size))
            _ = unsafe pwrite(file, zeros, zeros.count, information.st_size)
        }
    }

    private static let tables = """
        CREATE TABLE IF NOT EXISTS datum (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            destination TEXT NOT NULL,
            boot TEXT NOT NULL,
            instant INTEGER NOT NULL,
            wall INTEGER NOT NULL,
            samples INTEGER NOT NULL,
            uncertain INTEGER NOT NULL,
            owner TEXT,
            owner_boot TEXT,
            lease INTEGER,
            content BLOB NOT NULL
        );
        CREATE INDEX IF NOT EXISTS datum_by_destination ON datum (destination, id);
        CREATE TABLE IF NOT EXISTS boot (name TEXT PRIMARY KEY, epoch INTEGER NOT NULL);
        """
}

/// The location of the spool.
package enum SpoolLocation {
    /// Returns the path of the user's own spool: under the state directory of the XDG base directory specification.
    ///
    /// A service of systemd has a directory of its own for it. A user without a home directory has it under `/var/tmp`,
    /// which survives a reboot.
    ///
    /// - Parameter name: the name of the file without its ending.
    package static func standard(_ environment: Environment, name: String = "cloudwatch") -> String {
        // Several directories are separated by colons (systemd.exec(5)).
        if let state = environment.filled("STATE_DIRECTORY")?.split(separator: ":").first, state.hasPrefix("/") {
            return state + "/timepiece/\(name).sqlite"
        }
        if let state = environment.filled("XDG_STATE_HOME"), state.hasPrefix("/") {
            return state + "/timepiece/\(name).sqlite"
        }
        if let home = environment.filled("HOME"), home.hasPrefix("/"), home != "/" {
            return home + "/.local/state/timepiece/\(name).sqlite"
        }
        return "/var/tmp/timepiece-\(getuid())/\(name).sqlite"
    }

    /// Returns why there can never be a spool at a path: the system's reason, in words.
    ///
    /// Whether its place can be trusted, and conditions that may change a moment later, are checked when it is opened.
    package static func mistake(_ path: String) -> String? {
        makeDirectories(above: path)
        let directory = SpoolFiles.split(path).directory
        var status = stat()
        if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return reason(EISDIR) }
        guard unsafe faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) != 0 else { return nil }
        let lasting = [EACCES, ENOENT, ENOTDIR, EROFS, ELOOP, ENAMETOOLONG]
        return lasting.contains(errno) ? reason(errno) : nil
    }

    private static func reason(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }

    /// Makes the directories above a file, for this user only; existing ones are not changed.
    static func makeDirectories(above path: String) {
        var prefix = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/").dropLast() {
            prefix += part
            // A failure is reported when the file is opened.
            unsafe mkdir(prefix, 0o700)
            prefix += "/"
        }
    }
}
