import Glibc

extension Spool {
    /// The number of the layout in the file's header; a later version that changes the tables raises it.
    private static let layout: Int64 = 1

    /// Opens the file and brings it into the layout; sets a damaged one aside and starts anew.
    static func open(_ path: String, pages: Int64, busyTimeout: Duration) throws(SpoolError) -> Database {
        do throws(SpoolError) {
            return try prepare(path, pages: pages, busyTimeout: busyTimeout)
        } catch {
            guard error.kind == .damaged else { throw error }
            guard unsafe rename(path, path + ".damaged") == 0 else { throw error }
            unsafe unlink(path + "-journal")
            return try prepare(path, pages: pages, busyTimeout: busyTimeout)
        }
    }

    /// The bytes of the journal that are kept between transactions: enough for some dozen data.
    private static let journalReserve = 64 << 10

    private static func prepare(_ path: String, pages: Int64, busyTimeout: Duration) throws(SpoolError) -> Database {
        let database = try Database(path: path, busyTimeout: busyTimeout)
        // PERSIST leaves the journal in place, so that no directory entry has to reach the disk for a commit to last, and
        // its bytes, too: where the disk is full, what lies here can still be taken, sent and removed.
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
        // Reads the tables' definitions, which tells a damaged file at once.
        _ = try database.number("SELECT count(*) FROM boot")
        _ = try database.number("SELECT id FROM datum ORDER BY id LIMIT 1")
        return database
    }

    /// Makes the journal as long as its reserve, if it is not: of zeros, which is what SQLite takes for no journal.
    ///
    /// In a transaction, so that no other process writes there; a disk that has no room for it is none to begin with.
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

/// Where the spool lies.
enum SpoolLocation {
    /// Returns the path of the user's own spool: under the state directory of the XDG base directory specification.
    ///
    /// A service without a home has it under `/var/tmp`, which outlives a boot.
    static func standard(_ environment: Environment) -> String {
        if let state = environment.filled("XDG_STATE_HOME"), state.hasPrefix("/") {
            return state + "/timepiece/cloudwatch.sqlite"
        }
        if let home = environment.filled("HOME"), home.hasPrefix("/"), home != "/" {
            return home + "/.local/state/timepiece/cloudwatch.sqlite"
        }
        return "/var/tmp/timepiece-\(getuid())/cloudwatch.sqlite"
    }

    /// Makes the directories above a file, for this user alone; what is there already stays as it is.
    static func makeDirectories(above path: String) {
        var prefix = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/").dropLast() {
            prefix += part
            // What cannot be made is told when the file is opened.
            unsafe mkdir(prefix, 0o700)
            prefix += "/"
        }
    }
}
