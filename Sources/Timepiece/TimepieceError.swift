/// What was wrong with a value that was given to the library, and what is allowed.
///
/// The description is one sentence without secrets, fit for a log or for the error of a host application.
public enum TimepieceError: Error, Sendable, Equatable {
    /// A ticker or a stopwatch was to keep fewer than one interval.
    case maxIntervals(Int)
    /// The name of a stopwatch was empty or had a dot in it, which separates the names in a path.
    case watchName(String)
    /// An interval between firings or reports was not longer than zero.
    case interval(Duration)
    /// The wait of a schedule was not longer than zero.
    case wait(Duration)
    /// An ordinal was negative.
    case ordinal(Int)
    /// A repeating schedule was to end after fewer than one firing.
    case count(Int)
    /// An alarm clock has a schedule of this name already.
    case duplicateName(String)
    /// A schedule was added that an alarm clock already holds; the name is the schedule's, if it has one.
    case alreadyArmed(String?)
    /// The system refused a thread; the number is its `errno`.
    case thread(Int32)
}

extension TimepieceError: CustomStringConvertible {
    /// The sentence that says what was wrong and what is allowed.
    public var description: String {
        switch self {
        case .maxIntervals(let number):
            "maxIntervals is \(number), but at least 1 interval has to be kept."
        case .watchName(let name):
            name.isEmpty
                ? "The name of a stopwatch is empty, but it needs at least one character."
                : "The name of a stopwatch is \"\(name)\", but a dot separates the names of a path and cannot be in one."
        case .interval(let interval):
            "The interval is \(interval.secondsText(decimals: 9)) s, but it has to be longer than 0."
        case .wait(let wait):
            "The time to wait is \(wait.secondsText(decimals: 9)) s, but it has to be longer than 0."
        case .ordinal(let ordinal):
            "The ordinal is \(ordinal), but it has to be 0 (never) or more (every n-th tick)."
        case .count(let count):
            "The count is \(count), but a schedule fires at least once before it ends."
        case .duplicateName(let name):
            "The alarm clock has a schedule named \"\(name)\" already, and every name can be there only once."
        case .alreadyArmed(let name):
            "The schedule\(name.map { " \"\($0)\"" } ?? "") is in an alarm clock already and can be in only one."
        case .thread(let code):
            "The system did not start a thread (errno \(code)); the worker needs one of its own."
        }
    }
}
