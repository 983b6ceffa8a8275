/// An error about a value that was passed to the library, with the allowed values.
///
/// The description is one sentence without secrets, suitable for a log or for the error of a host application.
public enum TimepieceError: Error, Sendable, Equatable {
    /// An alarm clock has a schedule of this name already.
    case duplicateName(String)
    /// A schedule was added that an alarm clock already holds; the name is the schedule's, if it has one.
    case alreadyArmed(String?)
    /// The system refused a thread; the number is its `errno`.
    case thread(Int32)
}

extension TimepieceError: CustomStringConvertible {
    /// The sentence that describes the error and the allowed values.
    public var description: String {
        switch self {
        case .duplicateName(let name):
            "The alarm clock has a schedule named \"\(name)\" already, and every name can be there only once."
        case .alreadyArmed(let name):
            "The schedule\(name.map { " \"\($0)\"" } ?? "") is in an alarm clock already and can be in only one."
        case .thread(let code):
            "The system did not start a thread (errno \(code)); the worker needs one of its own."
        }
    }
}
