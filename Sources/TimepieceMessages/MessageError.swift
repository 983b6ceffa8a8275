/// A message of Timepiece that lacks a field, or has it in another type.
public struct MessageError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong with the field.
    public enum Problem: Sendable, Equatable {
        /// There is no field of that name.
        case missing
        /// The field has another type.
        case wrongType(expected: String)
    }

    /// The name of the message, such as `timepiece-tick`.
    public let message: String
    /// The name of the field.
    public let field: String
    /// What is wrong with it.
    public let problem: Problem

    /// Makes an error.
    public init(message: String, field: String, problem: Problem) {
        self.message = message
        self.field = field
        self.problem = problem
    }

    /// The error as a sentence.
    public var description: String {
        switch problem {
        case .missing: "The message \(message) has no field \"\(field)\"."
        case .wrongType(let expected): "The field \"\(field)\" of the message \(message) is not \(expected)."
        }
    }
}
