import Glibc

/// How many times slower a test may run than it usually does: 1, or what Tests/sanitizers/run.sh says of a sanitizer.
package let slowness = unsafe getenv("TIMEPIECE_SLOWNESS").flatMap { unsafe UInt32(String(cString: $0)) } ?? 1

/// How long a test waits for something that happens soon.
package let patience = Duration.seconds(30 * Int(slowness))
