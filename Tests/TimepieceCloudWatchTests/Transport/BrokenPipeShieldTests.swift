import Glibc
import Testing

@testable import TimepieceCloudWatch

@Suite struct BrokenPipeShieldTests {
    @Test func `SIGPIPE within does not end the process, and is not left pending`() async {
        await #expect(processExitsWith: .success) {
            signal(SIGPIPE, SIG_DFL)
            let code = BrokenPipeShield.run { pthread_kill(pthread_self(), SIGPIPE) }
            #expect(code == 0)
            var pending = sigset_t()
            unsafe sigpending(&pending)
            #expect(unsafe sigismember(&pending, SIGPIPE) == 0)
        }
    }

    @Test func `SIGPIPE outside acts as before`() async {
        await #expect(processExitsWith: .signal(SIGPIPE)) {
            signal(SIGPIPE, SIG_DFL)
            BrokenPipeShield.run {}
            pthread_kill(pthread_self(), SIGPIPE)
        }
    }
}
