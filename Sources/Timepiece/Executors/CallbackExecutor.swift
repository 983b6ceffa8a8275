/// Something that can run a closure, now or later, here or elsewhere.
///
/// Schedules and tachometers pass their callbacks to one. ``InlineExecutor`` runs them in place and ``SerialWorker`` on
/// a thread of its own; a type of your own that wraps a queue or a pool conforms with one method.
public protocol CallbackExecutor: Sendable {
    /// Takes a closure in order to run it once.
    ///
    /// Called from any thread, and never with a lock of this library held.
    ///
    /// - Returns: false if the executor no longer accepts closures; the closure is then never run.
    @discardableResult
    func execute(_ work: @escaping @Sendable () -> Void) -> Bool
}

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
