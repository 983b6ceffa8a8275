#if canImport(Glibc)
    package import Glibc
#elseif canImport(Musl)
    package import Musl
#elseif canImport(Android)
    package import Android
#endif

/// The body of a thread, on its way through C.
private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) {
        self.run = run
    }
}

/// Starts a thread that takes no signals, those are the host's. It is to be joined or detached.
///
/// - Throws: ``TimepieceError/thread(_:)`` if the system has no thread or no memory for one.
package func startThread(_ run: @escaping @Sendable () -> Void) throws(TimepieceError) -> pthread_t {
    // The thread inherits the mask.
    var all = sigset_t()
    var before = sigset_t()
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    let body = unsafe Unmanaged.passRetained(ThreadBody(run))
    var thread = pthread_t()
    let code = unsafe pthread_create(
        &thread, nil,
        { context in
            guard let context = unsafe context else { return nil }
            unsafe Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run()
            return nil
        }, body.toOpaque())
    guard code == 0 else {
        unsafe body.release()
        throw .thread(code)
    }
    return thread
}

/// Names the calling thread for `top -H` and debuggers, in at most 15 bytes.
package func nameThread(_ name: StaticString) {
    _ = unsafe setThreadName?(pthread_self(), name.utf8Start)
}

private typealias SetThreadName = @convention(c) (pthread_t, UnsafePointer<UInt8>) -> Int32

/// `pthread_setname_np`, which glibc declares for GNU programs only; looked up, so that no version of it is asked for.
private let setThreadName: SetThreadName? = {
    guard let function = unsafe dlsym(nil, "pthread_setname_np") else { return nil }
    return unsafe unsafeBitCast(function, to: SetThreadName.self)
}()
