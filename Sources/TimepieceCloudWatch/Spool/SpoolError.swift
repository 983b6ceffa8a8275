/// The reason why the spool could not do what was asked.
package struct SpoolError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What the failure means for what is done next.
    package enum Kind: Sendable, Equatable {
        /// Neither the file's own bound nor the disk leaves room.
        case full
        /// The file is no database, or a damaged one.
        case damaged
        /// The file cannot be opened or written.
        case unusable
    }

    package let kind: Kind
    /// What was attempted, where, and what SQLite or the system said.
    package let description: String

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
