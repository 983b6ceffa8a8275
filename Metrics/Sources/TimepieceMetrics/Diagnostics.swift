import Logging
import Synchronization

/// Where a factory tells its problems: a failure that lasts is told once for all metrics.
final class Diagnostics: Sendable {
    let logger: Logger
    private let lastError = Mutex<String?>(nil)

    init(_ logger: Logger) {
        self.logger = logger
    }

    func tell(_ problem: String?) {
        guard let problem else { return }
        let isNew = lastError.withLock { last in
            defer { last = problem }
            return last != problem
        }
        if isNew { logger.warning("Publishing to CloudWatch: \(problem)") }
    }
}
