/// Why a test could not go on: a sentence for whoever reads the log.
struct TestFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
