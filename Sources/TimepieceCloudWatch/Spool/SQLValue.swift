import CSQLite

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
            return unsafe sqlite3_bind_text(statement, index, value, -1, copied)
        case .blob(let value):
            return unsafe sqlite3_bind_blob(statement, index, value, Int32(clamping: value.count), copied)
        }
    }
}
