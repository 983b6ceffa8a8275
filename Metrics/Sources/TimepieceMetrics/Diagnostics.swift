import Logging
import Synchronization
import TimepieceCloudWatch

/// Where a factory reports its problems: a lasting failure is reported once for all metrics.
final class Diagnostics: Sendable {
    let logger: Logger
    private let subject: String
    private let lastError = Mutex<String?>(nil)
    private let spoolError = Mutex<String?>(nil)

    init(_ logger: Logger, about subject: String = "Publishing to CloudWatch") {
        self.logger = logger
        self.subject = subject
    }

    func tell(_ status: CloudWatchStatus) {
        tell(status.spoolError, after: spoolError)
        if status.lastError != status.spoolError { tell(status.lastError, after: lastError) }
    }

    private func tell(_ problem: String?, after last: borrowing Mutex<String?>) {
        guard let problem else { return }
        let isNew = last.withLock { last in
            defer { last = problem }
            return last != problem
        }
        if isNew { logger.warning("\(subject): \(problem)") }
    }
}
