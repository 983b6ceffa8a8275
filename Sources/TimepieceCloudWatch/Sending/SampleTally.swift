/// How many data, and how many measured samples in them.
public struct SampleTally: Sendable, Equatable {
    /// Data: one for each series and interval.
    public private(set) var data: UInt64
    /// The samples in the data, what CloudWatch shows as `SampleCount`.
    public private(set) var samples: UInt64

    /// Makes a tally.
    public init(data: UInt64 = 0, samples: UInt64 = 0) {
        self.data = data
        self.samples = samples
    }

    /// Adds another tally.
    package mutating func add(_ other: SampleTally) {
        data = data &+ other.data
        samples = samples &+ other.samples
    }

    /// Counts one datum.
    package mutating func add(_ datum: Datum) {
        add(SampleTally(data: 1, samples: datum.count))
    }
}
