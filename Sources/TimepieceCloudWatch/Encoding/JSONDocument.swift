/// A JSON text, read by SQLite's JSON functions.
///
/// For the small replies of services: each requested value is one pass over the text. For use by one thread.
package final class JSONDocument {
    private let database: Database
    private let text: String

    /// Takes the bytes of a text; nil unless they are well-formed JSON in UTF-8 (RFC 8259).
    package init?(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self), let database = Database() else { return nil }
        self.database = database
        self.text = text
        guard value("SELECT json_valid(?1)", [])?.integer == 1 else { return nil }
    }

    /// Returns the string at a path of member names; nil if there is none or it is not a string.
    package func string(_ path: [String]) -> String? {
        value("SELECT CAST(json_extract(?1, ?2) AS BLOB) WHERE json_type(?1, ?2) = 'text'", path)?.blob
            // As bytes, because a string of JSON may contain a zero.
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// Returns the whole number at a path of member names; nil if there is none or it is not a whole number.
    package func integer(_ path: [String]) -> Int64? {
        value("SELECT json_extract(?1, ?2) WHERE json_type(?1, ?2) = 'integer'", path)?.integer
    }

    /// Returns whether there is a value other than null at a path of member names.
    package func contains(_ path: [String]) -> Bool {
        value("SELECT coalesce(json_type(?1, ?2), 'null') <> 'null'", path)?.integer == 1
    }

    /// Runs a query with the text and a path of SQLite's, such as `$."credentials"."accessKeyId"`; its first value.
    private func value(_ query: String, _ path: [String]) -> SQLValue? {
        let place = path.reduce("$") { "\($0).\"\($1)\"" }
        let values = [SQLValue.text(text)] + (path.isEmpty ? [] : [.text(place)])
        return (try? database.rows(query, values))?.first?.first
    }
}
