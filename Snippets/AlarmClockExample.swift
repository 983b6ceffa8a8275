// Schedules of three kinds, ticked as one, whose callbacks run on a thread of their own.

import Timepiece

let worker = try SerialWorker()

@Sendable func report(_ firing: Firing) {
    print("\(firing.name ?? "") was called at \(WallTime.now())")
}

let alarmClock = try AlarmClock([
    AtSchedule(
        at: .now().advanced(by: .seconds(1)), name: "AtSchedule", executor: worker, callback: report),
    IntervalSchedule(every: .milliseconds(450), name: "IntervalSchedule", executor: worker, callback: report),
    OrdinalSchedule(each: 17, name: "OrdinalSchedule", executor: worker, callback: report),
])

for _ in 0..<(25 * 2) {
    alarmClock.tick()
    try await Task.sleep(for: .milliseconds(40))
}
worker.shutdown()
