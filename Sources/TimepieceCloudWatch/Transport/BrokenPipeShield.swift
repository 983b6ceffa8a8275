import Glibc

/// Runs C code that writes to sockets, without the process being ended by a closed one.
///
/// libcurl before 7.87 lets OpenSSL write with `write`, which raises SIGPIPE when the peer has closed; the signal's
/// default action ends the whole program. It is blocked on this thread only, and a pending one is consumed.
enum BrokenPipeShield {
    static func run<Result>(_ body: () -> Result) -> Result {
        var pipeOnly = sigset_t()
        var before = sigset_t()
        var pending = sigset_t()
        unsafe sigemptyset(&pipeOnly)
        unsafe sigaddset(&pipeOnly, SIGPIPE)
        unsafe sigpending(&pending)
        let wasPending = unsafe sigismember(&pending, SIGPIPE) == 1
        unsafe pthread_sigmask(SIG_BLOCK, &pipeOnly, &before)
        let result = body()
        if !wasPending {
            var none = timespec()
            unsafe sigtimedwait(&pipeOnly, nil, &none)
        }
        unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
        return result
    }
}
