/// One header field of a request or a reply.
package struct HTTPHeader: Sendable, Equatable {
    /// The name as written; it is compared without regard to case.
    package var name: String
    /// The value without the white space around it.
    package var value: String

    /// Makes a header field.
    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Tells whether this field has the given name.
    package func isNamed(_ other: String) -> Bool {
        name.lowercased() == other.lowercased()
    }
}

extension HTTPHeader: Confidential {
    /// The name alone: values carry tokens and signatures.
    package var description: String { name }
}
