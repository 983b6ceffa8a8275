import Glibc

/// Polls until a condition is met that is not reported (such as the end of a detached thread).
func eventually(atMost limit: Duration = .seconds(20), _ isSo: () throws -> Bool) rethrows -> Bool {
    let start = ContinuousClock.now
    while try !isSo() {
        if ContinuousClock.now - start > limit { return false }
        sched_yield()
    }
    return true
}
