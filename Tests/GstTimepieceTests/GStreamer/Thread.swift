import Glibc

/// A thread that runs one closure.
@safe final class Thread {
    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private var thread = pthread_t()

    init(_ run: @escaping @Sendable () -> Void) throws {
        let body = unsafe Unmanaged.passRetained(Body(run)).toOpaque()
        let failure = unsafe pthread_create(
            &thread, nil,
            { body in
                if let body = unsafe body { unsafe Unmanaged<Body>.fromOpaque(body).takeRetainedValue().run() }
                return nil
            }, body)
        guard failure == 0 else {
            unsafe Unmanaged<Body>.fromOpaque(body).release()
            throw TestFailure("No thread can be started.")
        }
    }

    /// Waits for the end of it; once.
    func join() {
        pthread_join(thread, nil)
    }
}
