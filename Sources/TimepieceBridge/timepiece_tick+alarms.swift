// The names are those of the C header.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
import CTimepiece
import Glibc
import Timepiece
import TimepieceMeters

// The bodies of what timepiece.h declares for the alarms of a `TimepieceTick`.

@c @implementation
func timepiece_tick_add_alarm(
    _ tick: OpaquePointer, _ alarm: UnsafePointer<TimepieceAlarm>,
    _ problem: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Bool {
    let name = unsafe String(cString: alarm.pointee.name)
    do throws(TimepieceError) {
        let schedule = unsafe schedule(for: alarm.pointee, name: name)
        let tag = unsafe FiringTag(action: alarm.pointee.action, serial: alarm.pointee.serial)
        try unsafe meter(tick).alarms.add(schedule, tag: tag)
        return true
    } catch {
        unsafe problem.pointee = strdup(error.description)
        return false
    }
}

@c @implementation
func timepiece_tick_remove_alarm(_ tick: OpaquePointer, _ name: UnsafePointer<CChar>) -> Bool {
    unsafe meter(tick).alarms.remove(String(cString: name))
}

@c @implementation
func timepiece_tick_fire(
    _ tick: OpaquePointer, _ now: UInt64, _ running_time: UInt64, _ fired: TimepieceFiringFunc,
    _ user_data: UnsafeMutableRawPointer?
) {
    let firings = unsafe meter(tick).alarms.fire(at: now, mediaTime: running_time == .max ? nil : running_time)
    for (firing, tag) in firings {
        unsafe (firing.name ?? "").withCString { name in
            unsafe firing.kind.rawValue.withCString { kind in
                var flat = unsafe TimepieceFiring(
                    name: name, kind: kind, action: tag.action, serial: tag.serial, last: firing.isLast,
                    count: firing.count,
                    due: UInt64(clamping: firing.due.nanoseconds), fired: UInt64(clamping: firing.fired.nanoseconds))
                unsafe fired(&flat, user_data)
            }
        }
    }
}

private func schedule(for alarm: TimepieceAlarm, name: String) -> any Schedule {
    let clock: ScheduleClock = unsafe alarm.by_running_time ? .runningTime : .monotonic
    let value = unsafe alarm.value
    let count = unsafe alarm.count == 0 ? nil : Int(clamping: alarm.count)
    switch unsafe alarm.kind {
    case TIMEPIECE_ALARM_AT:
        return AtSchedule(at: WallTime(nanoseconds: value), name: name)
    case TIMEPIECE_ALARM_ORDINAL:
        return OrdinalSchedule(each: Int(clamping: value), name: name, count: count)
    case TIMEPIECE_ALARM_AFTER:
        return AfterSchedule(after: .nanoseconds(value), name: name, clock: clock)
    default:
        return IntervalSchedule(every: .nanoseconds(value), name: name, clock: clock, count: count)
    }
}
