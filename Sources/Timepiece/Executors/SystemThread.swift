#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Android)
    import Android
#elseif canImport(Darwin)
    import Darwin
#endif

/// A thread of the system. It blocks all signals, which are the host's. It has to be joined or detached, once.
///
/// All differences of threads between systems are in this file.
package struct SystemThread: @unchecked Sendable {
    // Sendable: it is a number or a pointer that only the system dereferences, on any thread.
    private let handle: pthread_t

    private init(handle: pthread_t) {
        self.handle = handle
    }

    /// The calling thread.
    package static var current: SystemThread { SystemThread(handle: pthread_self()) }

    /// Starts a thread.
    ///
    /// - Throws: ``TimepieceError/thread(_:)`` if the system has no thread or no memory for one.
    package init(_ run: @escaping @Sendable () -> Void) throws(TimepieceError) {
        // The thread inherits the mask.
        var all = sigset_t()
        var before = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        let body = unsafe Unmanaged.passRetained(ThreadBody(run))
        #if canImport(Glibc) || canImport(Android)
            var thread = pthread_t()
        #else
            var thread: pthread_t?
        #endif
        let code = unsafe pthread_create(
            &thread, nil, { context in unsafe ThreadBody.run(context) }, body.toOpaque())
        #if canImport(Glibc) || canImport(Android)
            let started: pthread_t? = code == 0 ? thread : nil
        #else
            let started = code == 0 ? thread : nil
        #endif
        guard let started else {
            unsafe body.release()
            throw .thread(code)
        }
        handle = started
    }

    /// Whether this is the calling thread.
    package var isCurrent: Bool { pthread_equal(handle, pthread_self()) != 0 }

    /// Waits until the thread has ended.
    package func join() {
        pthread_join(handle, nil)
    }

    /// Detaches the thread.
    package func detach() {
        pthread_detach(handle)
    }

    /// Names the calling thread for `top -H` and debuggers, in at most 15 bytes.
    package static func nameCurrent(_ name: StaticString) {
        #if canImport(Darwin)
            _ = unsafe name.withUTF8Buffer { text in
                unsafe text.withMemoryRebound(to: CChar.self) { text in
                    unsafe text.baseAddress.map { unsafe pthread_setname_np($0) }
                }
            }
        #else
            _ = unsafe setThreadName?(pthread_self(), name.utf8Start)
        #endif
    }
}

/// The body of a thread, on its way through C.
private final class ThreadBody: Sendable {
    private let work: @Sendable () -> Void

    init(_ work: @escaping @Sendable () -> Void) {
        self.work = work
    }

    /// Runs the body behind a pointer.
    static func run(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let context = unsafe context else { return nil }
        unsafe Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().work()
        return nil
    }
}

#if !canImport(Darwin)
    private typealias SetThreadName = @convention(c) (pthread_t, UnsafePointer<UInt8>) -> Int32

    /// `pthread_setname_np`, which glibc declares for GNU programs only; looked up, so that no version of it is
    /// required.
    private let setThreadName: SetThreadName? = {
        guard let function = unsafe dlsym(nil, "pthread_setname_np") else { return nil }
        return unsafe unsafeBitCast(function, to: SetThreadName.self)
    }()
#endif
