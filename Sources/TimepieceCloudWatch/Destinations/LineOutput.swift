/// Something that lines are written to.
package protocol LineOutput: Sendable {
    /// Writes a line with its end, waiting no longer than the time-out.
    func write(_ line: [UInt8], timeout: Duration) throws(LineOutputError)
}

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
