/// An executor that runs a closure in place, before `execute` returns.
///
/// The thread that ticks waits for the callback, so it has to be short.
public struct InlineExecutor: CallbackExecutor {
    /// Makes an inline executor.
    public init() {}

    /// Runs the closure and returns true.
    @discardableResult
    public func execute(_ work: @escaping @Sendable () -> Void) -> Bool {
        work()
        return true
    }
}
