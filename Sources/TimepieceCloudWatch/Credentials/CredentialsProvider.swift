package import Timepiece

/// Where a sender gets its keys.
package protocol CredentialsProvider: Sendable {
    /// Returns keys that are valid at the given time.
    ///
    /// Blocks while the first keys are fetched, for seconds at worst; later it answers at once, because keys are renewed
    /// by another thread before they expire.
    func credentials(at now: WallTime) throws(CredentialsError) -> Credentials

    /// Says that the service refused the keys; the next question fetches new ones.
    func invalidate()
}
