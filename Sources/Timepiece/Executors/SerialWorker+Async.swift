#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Android)
    import Android
#endif

extension SerialWorker {
    /// Does the same as the other `shutdown()` without holding up the task's thread.
    public func shutdown() async {
        await withCheckedContinuation { continuation in
            let wait: @Sendable () -> Void = {
                self.shutdown()
                continuation.resume()
            }
            // Without a thread the task's own has to wait.
            guard let thread = try? startThread(wait) else { return wait() }
            pthread_detach(thread)
        }
    }
}
