import Glibc
import Synchronization
import TestEnvironment
import Timepiece
import TimepieceCloudWatch

/// A service in a file: a line for each datum it takes. Half the requests fail, some of them after they were taken.
final class FlakyDelivery: Delivery {
    private let file: Int32
    private let random: Mutex<SeededGenerator>

    init(file path: String, seed: UInt64) {
        file = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        random = Mutex(SeededGenerator(seed: seed))
    }

    func largestSize(of datum: Datum) -> Int { 1000 }

    func deliver(_ batch: Batch) -> DeliveryReport {
        let began = Moment.now()
        let dice = random.withLock { Int.random(in: 0..<6, using: &$0) }
        if dice < 2 { return report(.failed("The network is gone."), began) }
        let lines = batch.data.map { "\($0.datum.sum) \($0.isUncertain ? "uncertain" : "certain")\n" }.joined()
        let bytes = Array(lines.utf8)
        // One write to a file is there as a whole or not at all when the process is killed.
        guard unsafe write(file, bytes, bytes.count) == bytes.count else {
            return report(.failed("The file is full.", isUncertain: true), began)
        }
        return report(dice < 3 ? .failed("The answer was lost.", isUncertain: true) : .accepted, began)
    }

    private func report(_ verdict: DeliveryVerdict, _ began: Moment) -> DeliveryReport {
        DeliveryReport(verdict, began: began, ended: .now())
    }
}
