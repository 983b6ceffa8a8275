import Logging
import Synchronization

/// Where a factory reports its problems: a lasting failure is reported once for all metrics.
final class Diagnostics: Sendable {
    let logger: Logger
    private let subject: String
    private let lastError = Mutex<String?>(nil)

    init(_ logger: Logger, about subject: String = "Publishing to CloudWatch") {
        self.logger = logger
        self.subject = subject
    }

    func tell(_ problem: String?) {
        guard let problem else { return }
        let isNew = lastError.withLock { last in
            defer { last = problem }
            return last != problem
        }
        if isNew { logger.warning("\(subject): \(problem)") }
    }
}
