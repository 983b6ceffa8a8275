#if canImport(Glibc)
    import Glibc
    // Swift attributes glibc's timespec to this module.
    import SwiftOverlayShims
#elseif canImport(Musl)
    import Musl
#elseif canImport(Android)
    import Android
#elseif canImport(Darwin)
    import Darwin
#endif

/// A count of events that threads wait for: the only primitive by which threads of this package wait for each other.
///
/// A thread reads ``value``, checks the state that it waits for, and calls ``wait(after:until:)`` with that value: an
/// event in between ends the wait immediately, so none is missed, regardless of how many threads wait. No lock is held
/// while a thread waits or checks its state. Safe on any thread.
///
/// A condition variable on the monotonic clock, so that no step of the wall clock prolongs a wait. Safe to share
/// although it contains pointers: they never change, and the objects behind them are designed for many threads.
@safe package final class EventCount: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    /// Read and written with `mutex` locked.
    private var count: UInt64 = 0

    package init() {
        unsafe mutex = .allocate(capacity: 1)
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe pthread_mutex_init(mutex, nil)
        unsafe changed = .allocate(capacity: 1)
        unsafe changed.initialize(to: pthread_cond_t())
        #if canImport(Darwin)
            unsafe pthread_cond_init(changed, nil)
        #else
            var attributes = pthread_condattr_t()
            unsafe pthread_condattr_init(&attributes)
            unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
            unsafe pthread_cond_init(changed, &attributes)
            unsafe pthread_condattr_destroy(&attributes)
        #endif
    }

    deinit {
        unsafe pthread_cond_destroy(changed)
        unsafe pthread_mutex_destroy(mutex)
        unsafe changed.deallocate()
        unsafe mutex.deallocate()
    }

    /// The number of events so far.
    package var value: UInt64 {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return count
    }

    /// Counts an event and wakes all threads that wait.
    package func advance() {
        unsafe pthread_mutex_lock(mutex)
        count &+= 1
        unsafe pthread_cond_broadcast(changed)
        unsafe pthread_mutex_unlock(mutex)
    }

    /// Waits until there has been an event after those counted in a value, or an instant has passed; nil for no end.
    package func wait(after seen: UInt64, until end: MonotonicInstant? = nil) {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        guard let end, end.nanoseconds != .max else {
            while count == seen { unsafe pthread_cond_wait(changed, mutex) }
            return
        }
        while count == seen, waitOnce(until: end) {}
    }

    /// Waits for a wake-up with the mutex locked; false if the instant has passed.
    private func waitOnce(until end: MonotonicInstant) -> Bool {
        #if canImport(Darwin)
            // The clock cannot be chosen, so the wait is for a length of time.
            let now = MonotonicInstant.now()
            guard now < end else { return false }
            var time = Self.time(end.nanoseconds - now.nanoseconds)
            return unsafe pthread_cond_timedwait_relative_np(changed, mutex, &time) == 0
        #else
            var time = Self.time(end.nanoseconds)
            return unsafe pthread_cond_timedwait(changed, mutex, &time) == 0
        #endif
    }

    private static func time(_ nanoseconds: UInt64) -> timespec {
        var time = timespec()
        time.tv_sec = Int(clamping: nanoseconds / 1_000_000_000)
        time.tv_nsec = Int(truncatingIfNeeded: nanoseconds % 1_000_000_000)
        return time
    }
}
