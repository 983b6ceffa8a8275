import CTimepiece
import Timepiece
import TimepieceCloudWatch

/// Passes a status to the element's function in the contract's types.
@safe struct StatusListener: @unchecked Sendable {
    // Sendable: the element promises that its function may be called on any thread as long as its context exists.
    private let function: TimepiecePublisherFunc
    private let owner: ContextOwner
    private var context: UnsafeMutableRawPointer? { unsafe owner.context }

    /// Takes ownership of the context if there is a function that destroys it.
    init(
        function: @escaping TimepiecePublisherFunc, context: UnsafeMutableRawPointer?,
        destroy: TimepieceDestroyFunc? = nil
    ) {
        unsafe self.function = unsafe function
        owner = unsafe ContextOwner(context, destroy: destroy)
    }

    func tell(_ status: CloudWatchStatus) {
        let reasons = DropReason.allCases.filter { status.dropped[$0] != nil }
        unsafe withCStrings(reasons.map(\.rawValue)) { names in
            let drops = unsafe zip(reasons, names).map { reason, name in
                unsafe TimepieceDrop(reason: name, count: status.dropped[reason]?.data ?? 0)
            }
            unsafe drops.withUnsafeBufferPointer { drops in
                var flat = unsafe TimepiecePublisherStatus()
                unsafe flat.sent = status.sent.data
                unsafe flat.uncertain = status.uncertain.data
                unsafe flat.retried = status.retried
                unsafe flat.throttled = status.throttled
                unsafe flat.requests = status.requests
                unsafe flat.dropped = status.droppedInAll.data
                unsafe flat.spooled = UInt64(clamping: status.spooled)
                unsafe flat.oldest = status.oldest?.nanoseconds ?? 0
                unsafe flat.last_success = status.lastSuccess?.nanoseconds ?? 0
                unsafe flat.skew = status.skew.nanoseconds
                unsafe flat.is_failing = status.isFailing
                unsafe flat.drops = drops.baseAddress
                unsafe flat.num_drops = drops.count
                let errors = [status.lastError, status.spoolError]
                unsafe withCStrings(errors.map { $0 ?? "" }) { texts in
                    unsafe flat.last_error = errors[0].map { _ in unsafe texts[0] }
                    unsafe flat.spool_error = errors[1].map { _ in unsafe texts[1] }
                    unsafe function(&flat, context)
                }
            }
        }
    }
}

/// Passes a number of strings to C for the duration of a call.
private func withCStrings(
    _ strings: [String], _ body: ([UnsafePointer<CChar>]) -> Void
) {
    unsafe lend(strings[...], [], body)
}

private func lend(
    _ rest: ArraySlice<String>, _ lent: [UnsafePointer<CChar>], _ body: ([UnsafePointer<CChar>]) -> Void
) {
    guard let first = rest.first else { return unsafe body(lent) }
    unsafe first.withCString { unsafe lend(rest.dropFirst(), lent + [$0], body) }
}
