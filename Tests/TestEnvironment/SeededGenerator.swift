import Glibc

/// Random numbers that a seed repeats: SplitMix64, after Steele, Lea and Flood (2014).
///
/// The environment variable `SEED` draws other ones. With 1, as in `.ci/run`, or without it they are the same in each run.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private static let golden: UInt64 = 0x9E37_79B9_7F4A_7C15
    private static let run = unsafe getenv("SEED").flatMap { unsafe UInt64(String(cString: $0)) } ?? 1

    private var state: UInt64

    package init(seed: UInt64) {
        state = seed ^ ((Self.run &- 1) &* Self.golden)
    }

    package mutating func next() -> UInt64 {
        state &+= Self.golden
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
