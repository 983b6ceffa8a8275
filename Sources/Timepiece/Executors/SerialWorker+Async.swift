extension SerialWorker {
    /// Does the same as the other `shutdown()` without blocking the task's thread.
    ///
    /// At the top level of a `main.swift` Swift selects the other one, with or without `await`; ``finish()`` is this
    /// one there, too.
    public func shutdown() async {
        await finish()
    }

    /// Does the same as `shutdown()` without blocking the task's thread.
    public func finish() async {
        await withCheckedContinuation { continuation in
            let wait: @Sendable () -> Void = {
                self.shutdown()
                continuation.resume()
            }
            // Without a thread the task's own has to wait.
            guard let thread = try? SystemThread(wait) else { return wait() }
            thread.detach()
        }
    }
}
