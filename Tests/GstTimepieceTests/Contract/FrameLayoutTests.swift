import CTimepiece
import Testing
import TimepieceMeters

/// The frames that C keeps on the stack are read by Swift as its own type.
@Suite("The frame of a push")
struct FrameLayoutTests {
    @Test func `has the same layout in C and in Swift`() {
        #expect(unsafe MemoryLayout<WatchFrame>.stride == MemoryLayout<TimepieceFrame>.stride)
        #expect(unsafe MemoryLayout<WatchFrame>.alignment == MemoryLayout<TimepieceFrame>.alignment)
        #expect(
            unsafe MemoryLayout<WatchFrame>.offset(of: \.outer) == MemoryLayout<TimepieceFrame>.offset(of: \.outer))
        #expect(
            unsafe MemoryLayout<WatchFrame>.offset(of: \.start) == MemoryLayout<TimepieceFrame>.offset(of: \.start))
    }
}
