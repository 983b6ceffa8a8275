import Timepiece

let worker = try SerialWorker()

let tachometer = Timepiece.Tachometer(interval: .milliseconds(200), executor: worker) { timestamp, window in
    print("timestamp: \(timestamp)")
    let statistics = window.statistics
    print("min: \(statistics.min), max: \(statistics.max), sum: \(statistics.sum), num: \(statistics.count)")
}

for _ in 0..<200 {
    tachometer.tick()
    try await Task.sleep(for: .milliseconds(Int.random(in: 0..<10)))
}
await worker.finish()
