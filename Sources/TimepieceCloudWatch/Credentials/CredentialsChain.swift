import Synchronization
package import Timepiece

/// The keys that are in use, renewed in time.
///
/// Keys that expire are renewed from 15 minutes before that time, spread over five minutes so that a fleet does not ask
/// at the same time, by another thread and one at a time; the old ones are returned until they expire. Safe on any
/// thread.
package final class CredentialsChain: Sendable {
    /// How long before they expire keys are renewed, at the earliest.
    static let leadTime = Duration.seconds(15 * 60)
    /// The time over which renewals are spread.
    static let spread = Duration.seconds(5 * 60)
    /// How long a failed renewal is not repeated.
    static let pause = Duration.seconds(60)

    private struct State {
        var keys: Credentials?
        /// When the keys are no longer returned; nil for never.
        var end: WallTime?
        /// When the keys are renewed; nil for never.
        var renewal: WallTime?
        var isRenewing = false
        var lastError: CredentialsError?

        /// The keys if they may be returned.
        func validKeys(at now: WallTime) -> Credentials? {
            end.map { now < $0 } ?? true ? keys : nil
        }

        /// Whether the keys may be returned but should be renewed.
        func isDue(at now: WallTime) -> Bool {
            renewal.map { now >= $0 } ?? false
        }
    }

    private let state = Mutex(State())
    private let search = Mutex<Void>(())
    private let find: @Sendable (WallTime) throws(CredentialsError) -> Credentials
    private let run: @Sendable (@escaping @Sendable () -> Void) -> Void
    private let random: @Sendable () -> Double

    /// Makes a chain that searches all places that the settings allow.
    ///
    /// The transport is for the services that issue keys; it is separate from the sender's, which would have to wait.
    package convenience init(settings: CredentialsSettings, transport: any Transport) {
        let search = CredentialsSearch(settings: settings, transport: transport)
        self.init(
            find: { now throws(CredentialsError) in try search.run(at: now) },
            run: { if !OwnThreads.shared.start($0) { $0() } },
            random: { Double.random(in: 0..<1) })
    }

    /// Makes a chain over any search.
    ///
    /// - Parameters:
    ///   - find: searches for keys at the given time; may take long.
    ///   - run: runs a renewal without blocking.
    ///   - random: a number from 0 up to 1 for the spread.
    init(
        find: @escaping @Sendable (WallTime) throws(CredentialsError) -> Credentials,
        run: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void, random: @escaping @Sendable () -> Double
    ) {
        self.find = find
        self.run = run
        self.random = random
    }

    /// The reason why the last search failed; nil if it found keys.
    package var lastError: CredentialsError? { state.withLock { $0.lastError } }

    /// Returns keys that are valid at the given time.
    ///
    /// Blocks while the first keys are fetched, for seconds at worst; later it returns immediately, because keys are
    /// renewed by another thread before they expire.
    package func credentials(at now: WallTime) throws(CredentialsError) -> Credentials {
        let (keys, isToRenew) = state.withLock { state -> (Credentials?, Bool) in
            let keys = state.validKeys(at: now)
            let isToRenew = keys != nil && state.isDue(at: now) && !state.isRenewing
            if isToRenew { state.isRenewing = true }
            return (keys, isToRenew)
        }
        if isToRenew {
            run {
                // A failure is kept in lastError, and the keys in use stay.
                _ = try? self.renew(at: now) { $0.isDue(at: now) ? nil : $0.keys }
                self.state.withLock { $0.isRenewing = false }
            }
        }
        if let keys { return keys }
        return try renew(at: now) { $0.validKeys(at: now) }
    }

    /// Notes that the service refused the keys; the next call fetches new ones.
    package func invalidate() {
        state.withLock { $0.keys = nil }
    }

    /// Searches for keys and keeps them; of several threads one searches, and the others use its result.
    private func renew(
        at now: WallTime, unless found: (State) -> Credentials?
    ) throws(CredentialsError) -> Credentials {
        try search.withLock { (_) throws(CredentialsError) -> Credentials in
            if let keys = state.withLock({ found($0) }) { return keys }
            do throws(CredentialsError) {
                let keys = try find(now)
                state.withLock { keep(keys, from: now, in: &$0) }
                return keys
            } catch {
                state.withLock { state in
                    state.lastError = error
                    state.renewal = now.advanced(by: Self.pause)
                }
                throw error
            }
        }
    }

    /// Notes new keys, and when they expire and are renewed.
    ///
    /// By a wrong clock, keys may seem to have expired already. They are still tried for a while, because the service's
    /// reply corrects the clock.
    private func keep(_ keys: Credentials, from now: WallTime, in state: inout State) {
        let early = Self.leadTime - Self.spread * random()
        state.keys = keys
        state.end = keys.expiration.map { max($0, now.advanced(by: Self.pause)) }
        state.renewal = keys.expiration.map { max($0.advanced(by: .zero - early), now.advanced(by: Self.pause)) }
        state.lastError = nil
    }
}
