import CSQLite
import Glibc
import Timepiece

/// One connection to an SQLite database, used by one thread at a time.
///
/// Safe although it contains a pointer: no other object has it, and it is closed with the last reference.
@safe
final class Database {
    private let handle: OpaquePointer
    private let path: String

    /// Opens an existing file.
    init(path: String, busyTimeout: Duration) throws(SpoolError) {
        if let problem = unsafe timepiece_sqlite_problem() {
            throw SpoolError(.unusable, "The spool \(path) needs \(unsafe String(cString: problem)).")
        }
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW
        let code = unsafe sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let opened = unsafe opened else {
            unsafe sqlite3_close_v2(opened)
            throw SpoolError(.unusable, "The spool \(path) cannot be opened by SQLite (code \(code)).")
        }
        unsafe handle = opened
        self.path = path
        unsafe sqlite3_busy_timeout(opened, Int32(clamping: busyTimeout.nanoseconds / 1_000_000))
    }

    /// Makes a database in memory, for computations by SQLite; nil if there is no memory.
    init?() {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX
        guard unsafe sqlite3_open_v2(":memory:", &opened, flags, nil) == SQLITE_OK, let opened = unsafe opened else {
            unsafe sqlite3_close_v2(opened)
            return nil
        }
        unsafe handle = opened
        path = ":memory:"
    }

    deinit { unsafe sqlite3_close_v2(handle) }

    /// Runs a statement that takes nothing and returns nothing.
    func execute(_ sql: String) throws(SpoolError) {
        try check(unsafe sqlite3_exec(handle, sql, nil, nil, nil), sql)
    }

    /// Runs a statement with values, and returns how many rows it changed.
    @discardableResult
    func run(_ sql: String, _ values: [SQLValue] = []) throws(SpoolError) -> Int {
        _ = try rows(sql, values)
        return unsafe Int(sqlite3_changes(handle))
    }

    /// Runs a query and returns all its rows.
    func rows(_ sql: String, _ values: [SQLValue] = []) throws(SpoolError) -> [[SQLValue]] {
        var prepared: OpaquePointer?
        try check(unsafe sqlite3_prepare_v2(handle, sql, -1, &prepared, nil), sql)
        guard let statement = unsafe prepared else { return [] }
        defer { unsafe sqlite3_finalize(statement) }
        for (index, value) in values.enumerated() {
            try check(unsafe value.bind(to: statement, at: Int32(index + 1)), sql)
        }
        var result: [[SQLValue]] = []
        while true {
            let code = unsafe sqlite3_step(statement)
            if code == SQLITE_DONE { return result }
            guard code == SQLITE_ROW else {
                try check(code, sql)
                return result
            }
            let columns = unsafe sqlite3_column_count(statement)
            result.append((0..<columns).map { unsafe SQLValue(column: $0, of: statement) })
        }
    }

    /// Returns the number that is the result of a query; zero if there is none.
    func number(_ sql: String, _ values: [SQLValue] = []) throws(SpoolError) -> Int64 {
        try rows(sql, values).first?.first?.integer ?? 0
    }

    /// The number of the row inserted last.
    var lastRow: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

    /// Runs the body as one transaction that is written to the disk as a whole or not at all.
    func transaction<Result>(_ body: () throws(SpoolError) -> Result) throws(SpoolError) -> Result {
        try execute("BEGIN IMMEDIATE")
        do {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            // After some errors, a full disk among them, SQLite has rolled back by itself.
            if unsafe sqlite3_get_autocommit(handle) == 0 { try? execute("ROLLBACK") }
            throw error
        }
    }

    private func check(_ code: Int32, _ sql: String) throws(SpoolError) {
        guard code != SQLITE_OK, code != SQLITE_DONE, code != SQLITE_ROW else { return }
        let kind: SpoolError.Kind =
            switch code & 0xff {
            case SQLITE_FULL: .full
            case SQLITE_BUSY, SQLITE_LOCKED: .busy
            // The statements are correct, so an error in one means that the tables have changed.
            case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_ERROR: .damaged
            default: .unusable
            }
        let message = unsafe sqlite3_errmsg(handle).map { unsafe String(cString: $0) } ?? "no reason given"
        let verb = sql.prefix { $0 != " " }
        throw SpoolError(kind, "The spool \(path) failed at \(verb): \(message) (SQLite code \(code)).")
    }
}

/// A value in a column or a parameter of SQLite.
enum SQLValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])

    var integer: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    var text: String? {
        if case .text(let value) = self { value } else { nil }
    }

    var blob: [UInt8]? {
        if case .blob(let value) = self { value } else { nil }
    }

    /// Reads a column of the present row.
    @unsafe
    init(column: Int32, of statement: OpaquePointer) {
        switch unsafe sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER:
            self = .integer(unsafe sqlite3_column_int64(statement, column))
        case SQLITE_TEXT:
            self = .text(unsafe sqlite3_column_text(statement, column).map { unsafe String(cString: $0) } ?? "")
        case SQLITE_BLOB:
            let count = unsafe Int(sqlite3_column_bytes(statement, column))
            let bytes = unsafe UnsafeRawBufferPointer(start: sqlite3_column_blob(statement, column), count: count)
            self = .blob(unsafe Array(bytes))
        default:
            self = .null
        }
    }

    /// Binds the value, which SQLite copies; returns its result code.
    @unsafe
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        // SQLITE_TRANSIENT is a macro with a cast, which Swift does not import: "copy it before you return".
        let copied = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch self {
        case .null:
            return unsafe sqlite3_bind_null(statement, index)
        case .integer(let value):
            return unsafe sqlite3_bind_int64(statement, index, value)
        case .text(let value):
            return unsafe sqlite3_bind_text(statement, index, value, Int32(clamping: value.utf8.count), copied)
        case .blob(let value):
            return unsafe sqlite3_bind_blob(statement, index, value, Int32(clamping: value.count), copied)
        }
    }
}

/// The reason why an operation of the spool failed.
package struct SpoolError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of the failure, which determines the next step.
    package enum Kind: Sendable, Equatable {
        /// There is no space within the file's own limit or on the disk.
        case full
        /// The file is not a database, or is a damaged one.
        case damaged
        /// Another process has it locked for longer than the time-out.
        case busy
        /// It is no longer at its path, or another file is.
        case lost
        /// Another user could have put it there, or could change it.
        case untrusted
        /// The file cannot be opened or written.
        case unusable
    }

    package let kind: Kind
    /// What was attempted, where, and the reason of SQLite or the system.
    package let description: String

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
