import Timepiece

let worker = try SerialWorker()

@Sendable func report(_ firing: Firing) {
    print("\(firing.name ?? "") was called at \(WallTime.now())")
}

let atSchedule = AtSchedule(
    at: .now().advanced(by: .milliseconds(300)), name: "AtSchedule", executor: worker, callback: report)
let intervalSchedule = IntervalSchedule(
    every: .milliseconds(135), name: "IntervalSchedule", executor: worker, callback: report)
let ordinalSchedule = OrdinalSchedule(each: 17, name: "OrdinalSchedule", executor: worker) { report($0) }
let alarmClock = try AlarmClock([atSchedule, intervalSchedule, ordinalSchedule])

for _ in 0..<(25 * 5) {
    alarmClock.tick()
    try await Task.sleep(for: .milliseconds(4))
}
await worker.finish()
