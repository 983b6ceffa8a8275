import TestEnvironment
import Testing

/// Everything about the element `timepiecewatch`.
///
/// One test after the other: they measure time on few cores.
@Suite("timepiecewatch", .serialized, .timeLimit(.minutes(2 * Int(slowness))))
enum TimepieceWatch {}
