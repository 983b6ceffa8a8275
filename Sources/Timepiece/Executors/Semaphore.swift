import Glibc

/// A counting semaphore of the system, which threads of this process share.
///
/// Safe to share although it holds a pointer: the pointer never changes, and `sem_t` is made to be used by many threads.
@safe final class Semaphore: @unchecked Sendable {
    private let handle: UnsafeMutablePointer<sem_t>

    init() {
        unsafe handle = .allocate(capacity: 1)
        unsafe handle.initialize(to: sem_t())
        // It can fail only for a start value above SEM_VALUE_MAX.
        unsafe sem_init(handle, 0, 0)
    }

    deinit {
        unsafe sem_destroy(handle)
        unsafe handle.deallocate()
    }

    func signal() {
        unsafe sem_post(handle)
    }

    /// Waits for a signal; one that the system delivers to the thread does not end the wait.
    func wait() {
        while unsafe sem_wait(handle) != 0 && errno == EINTR {}
    }
}
