import CTimepiece

/// The context that C passes with its functions: destroyed by C's own function when these can no longer be called.
@safe final class ContextOwner: @unchecked Sendable {
    // Sendable: it is immutable, and the function may be called on any thread.
    let context: UnsafeMutableRawPointer?
    private let destroy: TimepieceDestroyFunc?

    init(_ context: UnsafeMutableRawPointer?, destroy: TimepieceDestroyFunc?) {
        unsafe self.context = unsafe context
        unsafe self.destroy = unsafe destroy
    }

    deinit {
        unsafe destroy?(context)
    }
}
