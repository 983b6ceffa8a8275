import Glibc

/// Looks again and again until something is so, for what nobody tells of (such as the end of a detached thread).
func eventually(atMost limit: Duration = .seconds(20), _ isSo: () throws -> Bool) rethrows -> Bool {
    let start = ContinuousClock.now
    while try !isSo() {
        if ContinuousClock.now - start > limit { return false }
        sched_yield()
    }
    return true
}
