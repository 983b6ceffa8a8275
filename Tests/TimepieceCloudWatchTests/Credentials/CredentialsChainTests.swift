import Synchronization
import Testing
import Timepiece

@testable import TimepieceCloudWatch

@Suite struct CredentialsChainTests {
    /// A search that gives what the test says, and renewals that run when the test says.
    private final class World: Sendable {
        struct State {
            var results: [Result<Credentials, CredentialsError>] = []
            var searches = 0
            var jobs: [@Sendable () -> Void] = []
        }

        let state = Mutex(State())

        func chain(random: Double = 0) -> CredentialsChain {
            CredentialsChain(
                find: { _ throws(CredentialsError) in try self.next().get() },
                run: { job in self.state.withLock { $0.jobs.append(job) } }, random: { random })
        }

        func give(_ results: Result<Credentials, CredentialsError>...) {
            state.withLock { $0.results += results }
        }

        /// Runs the renewals that were asked for; returns how many.
        @discardableResult
        func runJobs() -> Int {
            let jobs = state.withLock { state in
                defer { state.jobs = [] }
                return state.jobs
            }
            for job in jobs { job() }
            return jobs.count
        }

        var searches: Int { state.withLock { $0.searches } }

        private func next() -> Result<Credentials, CredentialsError> {
            state.withLock { state in
                state.searches += 1
                return state.results.isEmpty ? .failure(CredentialsError("no more")) : state.results.removeFirst()
            }
        }
    }

    private let world = World()
    private static let start = WallTime(nanoseconds: 1_795_000_000_000_000_000)

    /// The time the given number of minutes after the start.
    private func minute(_ minutes: Double) -> WallTime {
        Self.start.advanced(by: .seconds(minutes * 60))
    }

    /// Keys that expire the given number of minutes after the start.
    private func keys(_ name: String, until minutes: Double? = nil) -> Result<Credentials, CredentialsError> {
        .success(Credentials(accessKeyID: name, secretAccessKey: "s", expiration: minutes.map { minute($0) }))
    }

    private static let failure = CredentialsError(isTransient: true, "The service is away.")

    @Test func `keys that do not expire are searched for once`() throws {
        world.give(keys("a"))
        let chain = world.chain()
        for time in [0, 60, 1_000_000] {
            #expect(try chain.credentials(at: minute(Double(time))).accessKeyID == "a")
        }
        #expect(world.searches == 1)
        #expect(world.runJobs() == 0)
    }

    @Test func `keys are renewed 15 minutes before they expire, by a job, while the old ones are returned`() throws {
        world.give(keys("a", until: 60), keys("b", until: 120))
        let chain = world.chain()
        #expect(try chain.credentials(at: minute(0)).accessKeyID == "a")
        #expect(try chain.credentials(at: minute(44.9)).accessKeyID == "a")
        #expect(world.runJobs() == 0)
        #expect(try chain.credentials(at: minute(45)).accessKeyID == "a")
        #expect(world.searches == 1)
        #expect(world.runJobs() == 1)
        #expect(try chain.credentials(at: minute(45)).accessKeyID == "b")
        #expect(world.searches == 2)
    }

    @Test func `renewals are spread over five minutes`() throws {
        world.give(keys("a", until: 60))
        let chain = world.chain(random: 0.999)
        _ = try chain.credentials(at: minute(0))
        _ = try chain.credentials(at: minute(49.9))
        #expect(world.runJobs() == 0)
        _ = try chain.credentials(at: minute(50))
        #expect(world.runJobs() == 1)
    }

    @Test func `one renewal runs at a time`() throws {
        world.give(keys("a", until: 60), keys("b", until: 120))
        let chain = world.chain()
        _ = try chain.credentials(at: minute(0))
        for _ in 0..<10 { _ = try chain.credentials(at: minute(50)) }
        #expect(world.runJobs() == 1)
        #expect(world.searches == 2)
    }

    @Test func `a failed renewal keeps the old keys until they expire, and is tried again after a minute`() throws {
        world.give(keys("a", until: 60), .failure(Self.failure), .failure(Self.failure), keys("b", until: 120))
        let chain = world.chain()
        _ = try chain.credentials(at: minute(0))
        _ = try chain.credentials(at: minute(46))
        #expect(world.runJobs() == 1)
        #expect(chain.lastError == Self.failure)
        #expect(try chain.credentials(at: minute(46.5)).accessKeyID == "a")
        #expect(world.runJobs() == 0)
        #expect(try chain.credentials(at: minute(47)).accessKeyID == "a")
        #expect(world.runJobs() == 1)
        #expect(try chain.credentials(at: minute(59.9)).accessKeyID == "a")
        #expect(world.runJobs() == 1)
        #expect(chain.lastError == nil)
        #expect(try chain.credentials(at: minute(59.95)).accessKeyID == "b")
    }

    @Test func `expired keys are not returned`() throws {
        world.give(keys("a", until: 60), .failure(Self.failure), keys("b", until: 120))
        let chain = world.chain()
        _ = try chain.credentials(at: minute(0))
        #expect(throws: Self.failure) { try chain.credentials(at: minute(60)) }
        #expect(try chain.credentials(at: minute(60)).accessKeyID == "b")
    }

    @Test func `keys that the service refused are searched for again`() throws {
        world.give(keys("a"), keys("b"))
        let chain = world.chain()
        #expect(try chain.credentials(at: minute(0)).accessKeyID == "a")
        chain.invalidate()
        #expect(try chain.credentials(at: minute(0)).accessKeyID == "b")
        #expect(world.searches == 2)
    }

    @Test func `a failed search is tried again at the next call`() throws {
        world.give(.failure(Self.failure), keys("a"))
        let chain = world.chain()
        #expect(throws: Self.failure) { try chain.credentials(at: minute(0)) }
        #expect(try chain.credentials(at: minute(0)).accessKeyID == "a")
        #expect(chain.lastError == nil)
    }

    @Test func `keys that seem to have expired are tried for a minute, because the clock may be wrong`() throws {
        world.give(keys("a", until: -1000), keys("b", until: -1000))
        let chain = world.chain()
        #expect(try chain.credentials(at: minute(0)).accessKeyID == "a")
        #expect(try chain.credentials(at: minute(0.9)).accessKeyID == "a")
        #expect(try chain.credentials(at: minute(1)).accessKeyID == "b")
    }

    @Test func `a device that boots in 1970 keeps its keys until its clock is right`() throws {
        world.give(keys("a", until: 60), keys("b", until: 120))
        let chain = world.chain()
        #expect(try chain.credentials(at: WallTime(nanoseconds: 0)).accessKeyID == "a")
        #expect(try chain.credentials(at: minute(1)).accessKeyID == "a")
        #expect(world.searches == 1)
    }

    @Test func `threads that need keys at the same time share one search`() async throws {
        world.give(keys("a", until: 60))
        let chain = world.chain()
        let names = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<16 { group.addTask { try chain.credentials(at: Self.start).accessKeyID } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(names == ["a"])
        #expect(world.searches == 1)
    }
}
