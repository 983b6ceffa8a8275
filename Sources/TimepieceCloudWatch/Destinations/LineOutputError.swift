/// The reason why a line could not be written.
package struct LineOutputError: Error, Sendable, Equatable {
    /// What was attempted, where, and what the system said.
    package let sentence: String
    /// True if the line may have arrived nevertheless.
    package let mayHaveArrived: Bool

    package init(_ sentence: String, mayHaveArrived: Bool = false) {
        self.sentence = sentence
        self.mayHaveArrived = mayHaveArrived
    }
}
