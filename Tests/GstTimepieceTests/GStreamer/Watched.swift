import CGStreamerCheck
import Glibc
import SwiftOverlayShims  // where this toolchain finds the members of timespec

/// State that GStreamer's threads change while a test waits for it.
///
/// It stands on pthreads rather than on GLib's own locks, which ThreadSanitizer cannot see.
@safe final class Watched<State>: @unchecked Sendable {
    // Sendable: the state is touched with `mutex` held only.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private var state: State

    init(_ state: State) {
        self.state = state
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

    /// Reads or changes the state, and wakes whoever waits.
    func update<Result>(_ body: (inout State) -> Result) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer {
            unsafe pthread_cond_broadcast(changed)
            unsafe pthread_mutex_unlock(mutex)
        }
        return body(&state)
    }

    /// Waits until the state is as wanted, and says whether that came in time.
    func wait(atMost limit: Duration = .seconds(30), until wanted: (State) -> Bool) -> Bool {
        var end = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &end)
        end.tv_sec += Int(limit.components.seconds)
        end.tv_nsec += Int(limit.components.attoseconds / 1_000_000_000)
        if end.tv_nsec >= 1_000_000_000 {
            end.tv_sec += 1
            end.tv_nsec -= 1_000_000_000
        }
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while !wanted(state) {
            if unsafe pthread_cond_timedwait(changed, mutex, &end) == ETIMEDOUT { return wanted(state) }
        }
        return true
    }
}
