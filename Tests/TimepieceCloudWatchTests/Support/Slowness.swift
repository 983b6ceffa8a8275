import Glibc

/// How many times slower a test may run than it usually does: Tests/sanitizers/run.sh says so under a sanitizer.
let slowness = unsafe getenv("TIMEPIECE_SLOWNESS").flatMap { unsafe UInt32(String(cString: $0)) } ?? 1
