// Swift attributes glibc's timespec to this module.
import SwiftOverlayShims

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Android)
    import Android
#endif

/// A count of events that threads wait for: the one primitive by which threads of this package wait for each other.
///
/// A thread reads ``value``, looks at whatever state it waits for, and calls ``wait(after:until:)`` with what it read: an
/// event that came in between ends the wait at once, so none is missed, however many threads wait. No lock is held while
/// a thread waits or looks at its state. Safe on any thread.
///
/// A condition variable on the monotonic clock, so that no step of the wall clock prolongs a wait. Safe to share although
/// it holds pointers: they never change, and what they point to is made to be used by many threads.
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
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(changed, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(changed)
        unsafe pthread_mutex_destroy(mutex)
        unsafe changed.deallocate()
        unsafe mutex.deallocate()
    }

    /// How many events there have been.
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
        var time = timespec()
        time.tv_sec = Int(clamping: end.nanoseconds / 1_000_000_000)
        time.tv_nsec = Int(truncatingIfNeeded: end.nanoseconds % 1_000_000_000)
        while count == seen, unsafe pthread_cond_timedwait(changed, mutex, &time) == 0 {}
    }
}
