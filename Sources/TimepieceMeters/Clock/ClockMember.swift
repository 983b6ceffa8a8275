/// An object with recurring work at given instants.
package protocol ClockMember: AnyObject, Sendable {
    /// The address that identifies the pipeline and is not dereferenced: the members of one pipeline run one after the
    /// other.
    var pipeline: UInt { get }
    /// Does the work that is due and returns when the next is due, `UInt64.max` for never: then the member is released.
    /// Called with no lock held.
    func run(at now: UInt64) -> UInt64
}
