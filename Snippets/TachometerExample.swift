// The intervals of a recurring event, reported window by window on a thread of its own.

import Timepiece

let worker = try SerialWorker()
let tachometer = Tachometer(interval: .milliseconds(500), executor: worker) { timestamp, window in
    let statistics = window.statistics
    print("timestamp: \(timestamp)")
    print(
        "min: \(statistics.min), max: \(statistics.max), "
            + "sum: \(statistics.sum), num: \(statistics.count)")
}

for _ in 0..<50 {
    tachometer.tick()
    try await Task.sleep(for: .milliseconds(Int.random(in: 0..<100)))
}
worker.shutdown()
