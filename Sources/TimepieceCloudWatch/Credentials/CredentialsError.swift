/// The reason why there are no keys, as one sentence without any secret.
package struct CredentialsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Whether another attempt may succeed without anybody changing a setting: a service did not answer.
    package let isTransient: Bool
    /// What was wrong, what is allowed, and where it was given.
    package let sentence: String

    /// Makes an error.
    package init(isTransient: Bool = false, _ sentence: String) {
        self.isTransient = isTransient
        self.sentence = sentence
    }

    /// The sentence.
    package var description: String { sentence }
}
