import Timepiece

/// Runs a closure on four threads at the same time, and returns when all have ended.
func onFourThreads(_ work: @escaping @Sendable (_ number: UInt64) -> Void) throws {
    let workers = try (0..<4).map { _ in try SerialWorker() }
    for (number, worker) in workers.enumerated() { worker.execute { work(UInt64(number)) } }
    for worker in workers { worker.shutdown() }
}
