import Timepiece

/// One place where keys may be.
protocol CredentialsSource: Sendable {
    /// Returns keys; nil if this place is not set up, so that the next is asked.
    ///
    /// - Throws: if it is set up but gives no keys. Then no other place is asked: somebody meant this one.
    func load(at now: WallTime) throws(CredentialsError) -> Credentials?
}
