/// The bucket boundaries of every histogram here: 64 to an octave, each 2^(1/64) (1.09 %) wider than the one before.
///
/// A bucket stands for its middle, which is at most (2^(1/64) − 1) / (2^(1/64) + 1) = 0.54 % from any of its values.
/// It is the base-2 exponential histogram of OpenTelemetry at scale 6; two neighbors make one bucket of scale 5.
///
/// Bucket `64·e + i` holds the values v with 2^(e + i/64) ≤ v < 2^(e + (i+1)/64), in nanoseconds; 0 counts as 1. Values
/// of 2^48 ns (78 hours) and more fall into the last one.
@usableFromInline
package struct HistogramScale: Sendable {
    /// How many buckets double the value.
    @inlinable
    package static var bucketsPerOctave: Int { 64 }
    /// How many doublings there are.
    @inlinable
    package static var octaves: Int { 48 }
    /// How many buckets there are.
    package static let bucketCount = bucketsPerOctave * octaves

    /// For each 1/128 of an octave, linearly, where the search for a bucket in it begins and ends.
    ///
    /// A cell holds the last bucket that starts at or before its beginning, in the lowest bits, and the largest mantissa
    /// that is still in that bucket, in the others. The narrowest bucket is wider than a cell, so what is larger is in the
    /// next. A mantissa is a value shifted up until its highest bit is bit 63; its lowest 16 bits are zero.
    let cells: [UInt64]
    /// How many cells there are.
    @inlinable static var cellCount: Int { 128 }
    /// The bits of a cell that hold a bucket.
    @inlinable static var bucketBits: UInt64 { 0xffff }

    package static let shared = HistogramScale()

    /// ``cells``, where a look-up needs no check of bounds. All slots share them for good.
    nonisolated(unsafe) static let sharedCells = {
        let copy = UnsafeMutablePointer<UInt64>.allocate(capacity: cellCount)
        for (index, cell) in shared.cells.enumerated() { unsafe (copy + index).initialize(to: cell) }
        return unsafe UnsafePointer(copy)
    }()

    private init() {
        let octave = Double(UInt64(1) << 63)
        let starts = (0..<Self.bucketsPerOctave).map { index in
            UInt64((octave * Self.power(sixtyFourths: index)).rounded(.up))
        }
        cells = (0..<Self.cellCount).map { cell in
            let start = UInt64(1) << 63 + UInt64(cell) << 56
            let bucket = (starts.firstIndex { $0 > start } ?? starts.count) - 1
            let end = bucket + 1 < starts.count ? starts[bucket + 1] - 1 : .max
            return end & ~Self.bucketBits | UInt64(bucket)
        }
    }

    /// 2^(n/64) for n from 0 to 64, from square roots, which IEEE 754 rounds the same on every machine.
    static func power(sixtyFourths n: Int) -> Double {
        var result = n >= 64 ? 2.0 : 1.0
        var root = 2.0
        for bit in [32, 16, 8, 4, 2, 1] {
            root = root.squareRoot()
            if n & bit != 0 { result *= root }
        }
        return result
    }

    /// Finds the bucket of a value.
    package func bucket(of nanoseconds: UInt64) -> Int {
        Self.bucket(of: nanoseconds) { cells[$0] }
    }

    /// Finds the bucket of a value: a count of leading zeros, one look-up, one comparison. Never traps.
    ///
    /// - Parameter cell: looks up one of ``cells``; asked for 0 ..< ``cellCount`` only.
    @inlinable
    @inline(__always)
    static func bucket(of nanoseconds: UInt64, cell: (Int) -> UInt64) -> Int {
        let value = min(max(nanoseconds, 1), 1 << UInt64(octaves) - 1)
        let zeros = value.leadingZeroBitCount
        let mantissa = value &<< UInt64(truncatingIfNeeded: zeros)
        let found = cell(Int(truncatingIfNeeded: mantissa &>> 56) & (cellCount &- 1))
        return (63 &- zeros) &* bucketsPerOctave &+ Int(truncatingIfNeeded: found & bucketBits)
            &+ (mantissa > found ? 1 : 0)
    }

    /// The lowest value of a bucket, in nanoseconds.
    package static func lowerBound(of bucket: Int) -> Double {
        let clamped = max(0, min(bucket, bucketCount))
        return Double(UInt64(1) << UInt64(clamped / bucketsPerOctave))
            * power(sixtyFourths: clamped % bucketsPerOctave)
    }

    /// The value that stands for a bucket, in nanoseconds: the one whose largest relative error is the smallest.
    ///
    /// Only whole nanoseconds are counted, so it is the middle of those in the bucket: the value itself where it is the
    /// only one, but not a whole number in general, since between 93 and 94 no rounding is within the error.
    package static func middle(of bucket: Int) -> Double {
        let low = lowerBound(of: bucket).rounded(.up)
        let high = max(low, lowerBound(of: bucket + 1).rounded(.up) - 1)
        return 2 * low * high / (low + high)
    }

    /// The value that stands for a bucket, to a part of a nanosecond.
    static func middleDuration(of bucket: Int) -> Duration {
        let middle = middle(of: bucket)
        let whole = middle.rounded(.down)
        let attoseconds = Int64(((middle - whole) * 1e9).rounded())
        return .nanoseconds(Int64(whole)) + Duration(secondsComponent: 0, attosecondsComponent: attoseconds)
    }
}
