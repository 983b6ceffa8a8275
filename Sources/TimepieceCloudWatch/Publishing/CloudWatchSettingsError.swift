/// The reason why settings are refused: one sentence that says what was wrong, what is allowed, and where it was given.
public struct CloudWatchSettingsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The property that was wrong, as `cloudwatch-namespace`.
    public let property: String
    /// The sentence, without secrets.
    public let description: String

    package init(_ property: String, _ description: String) {
        self.property = property
        self.description = description
    }
}
