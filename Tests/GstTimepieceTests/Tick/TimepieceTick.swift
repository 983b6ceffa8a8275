import TestEnvironment
import Testing

/// Everything about the element `timepiecetick`.
///
/// One test after the other: they count the threads and the objects of the process, and measure time on few cores.
@Suite("timepiecetick", .serialized, .timeLimit(.minutes(2 * Int(slowness))))
enum TimepieceTick {}
