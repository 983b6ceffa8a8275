import Synchronization

/// The scopes of the process, by the address that stands for a pipeline; one is there as long as it has a watch.
enum WatchRegistry {
    private static let scopes = Mutex<[UInt: WatchScope]>([:])

    /// Makes a watch in the scope of an address and lets it join.
    static func enter(
        _ address: UInt, _ make: (WatchScope) -> WatchMeter
    ) throws(WatchProblem) -> WatchMeter {
        try scopes.withLock { scopes throws(WatchProblem) in
            let scope = scopes[address] ?? WatchScope()
            let meter = make(scope)
            try scope.join(meter)
            meter.announce()
            scopes[address] = scope
            return meter
        }
    }

    /// Lets a watch go, and its scope with the last one.
    static func leave(_ address: UInt, _ meter: WatchMeter) {
        scopes.withLock { scopes in
            meter.scope.leave(meter)
            if scopes[address] === meter.scope, meter.scope.isEmpty { scopes[address] = nil }
        }
    }
}
