import Glibc

/// A thread that does one thing and ends.
enum BackgroundThread {
    /// Runs work on a new thread; on this one if the system has no more threads.
    static func run(_ work: @escaping @Sendable () -> Void) {
        let box = unsafe Unmanaged.passRetained(Work(work)).toOpaque()
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread, nil,
            { box in
                if let box = unsafe box { unsafe Unmanaged<Work>.fromOpaque(box).takeRetainedValue().run() }
                return nil
            }, box)
        guard code == 0 else { return unsafe Unmanaged<Work>.fromOpaque(box).takeRetainedValue().run() }
        pthread_detach(thread)
    }

    /// Work as an object, for the pointer that a thread is given.
    private final class Work: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }
}
