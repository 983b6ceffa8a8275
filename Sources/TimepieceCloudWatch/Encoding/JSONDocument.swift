import CSQLite

/// A JSON text, read by SQLite's JSON functions.
///
/// For the small replies of services: each value asked for is one pass over the text. To be used by one thread.
@safe package final class JSONDocument {
    private let database: OpaquePointer
    private let text: String

    /// Takes the bytes of a text; nil unless they are well-formed JSON in UTF-8 (RFC 8259).
    package init?(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        var database: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX
        guard unsafe sqlite3_open_v2(":memory:", &database, flags, nil) == SQLITE_OK, let database = unsafe database
        else {
            unsafe sqlite3_close_v2(database)
            return nil
        }
        unsafe self.database = unsafe database
        self.text = text
        guard integer(query: "SELECT json_valid(?1)", path: nil) == 1 else { return nil }
    }

    deinit {
        unsafe sqlite3_close_v2(database)
    }

    /// Returns the string at a path of member names; nil if there is none or it is no string.
    package func string(_ path: [String]) -> String? {
        let query = "SELECT json_extract(?1, ?2) WHERE json_type(?1, ?2) = 'text'"
        return unsafe row(query, Self.path(path)) { statement in
            guard let bytes = unsafe sqlite3_column_blob(statement, 0) else { return "" }
            let count = unsafe Int(sqlite3_column_bytes(statement, 0))
            return unsafe String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
        }
    }

    /// Returns the whole number at a path of member names; nil if there is none or it is something else.
    package func integer(_ path: [String]) -> Int64? {
        integer(query: "SELECT json_extract(?1, ?2) WHERE json_type(?1, ?2) = 'integer'", path: Self.path(path))
    }

    /// Tells whether there is a value other than null at a path of member names.
    package func contains(_ path: [String]) -> Bool {
        integer(query: "SELECT coalesce(json_type(?1, ?2), 'null') <> 'null'", path: Self.path(path)) == 1
    }

    private func integer(query: String, path: String?) -> Int64? {
        unsafe row(query, path) { statement in unsafe sqlite3_column_int64(statement, 0) }
    }

    /// Runs a query with the text and the path bound, and reads its first row.
    private func row<Value>(_ query: String, _ path: String?, _ read: (OpaquePointer) -> Value) -> Value? {
        var statement: OpaquePointer?
        guard unsafe sqlite3_prepare_v2(database, query, -1, &statement, nil) == SQLITE_OK,
            let statement = unsafe statement
        else { return nil }
        defer { unsafe sqlite3_finalize(statement) }
        // SQLITE_TRANSIENT, which C has as a cast: SQLite copies the text.
        let transient = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        unsafe sqlite3_bind_text(statement, 1, text, Int32(clamping: text.utf8.count), transient)
        if let path { unsafe sqlite3_bind_text(statement, 2, path, Int32(clamping: path.utf8.count), transient) }
        guard unsafe sqlite3_step(statement) == SQLITE_ROW else { return nil }
        return unsafe read(statement)
    }

    /// Writes a path of SQLite's: `$."credentials"."accessKeyId"`.
    private static func path(_ names: [String]) -> String {
        names.reduce("$") { "\($0).\"\($1)\"" }
    }
}
