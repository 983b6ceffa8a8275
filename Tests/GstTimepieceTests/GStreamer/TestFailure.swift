/// Why a test could not continue: a sentence for the reader of the log.
struct TestFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
