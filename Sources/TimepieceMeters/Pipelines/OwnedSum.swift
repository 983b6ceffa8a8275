import Synchronization

/// A sum to which its owner, one thread, adds by a plain addition, and other threads by a locked instruction; a locked
/// addition takes as long as twenty plain ones.
///
/// The owner's part only grows, since a thread that reset it would make locked additions necessary there, too: the
/// draining thread remembers the last value.
struct OwnedSum: ~Copyable {
    private let own = Atomic<UInt64>(0)
    private let others = Atomic<UInt64>(0)
    private let drained = Atomic<UInt64>(0)

    /// - Parameter byOwner: whether the thread is the owner, the only one that ever passes true.
    @inline(__always)
    func add(_ number: UInt64, byOwner: Bool) {
        if byOwner {
            own.store(own.load(ordering: .relaxed) &+ number, ordering: .relaxed)
        } else {
            others.wrappingAdd(number, ordering: .relaxed)
        }
    }

    /// Returns what was added since the last call. One thread at a time.
    func drain() -> UInt64 {
        let now = own.load(ordering: .relaxed)
        let increase = Self.increase(of: now, over: drained.load(ordering: .relaxed))
        drained.store(now, ordering: .relaxed)
        return increase &+ others.exchange(0, ordering: .relaxed)
    }

    /// How much was added since; 0 if a thread that still held the record of a removed object decreased the sum.
    static func increase<Number: FixedWidthInteger & UnsignedInteger>(of now: Number, over before: Number) -> Number {
        let increase = now &- before
        return increase <= Number.max / 2 ? increase : 0
    }
}
