/// The bucket boundaries of every histogram here: 64 to an octave, each 2^(1/64) (1.09 %) wider than the one before.
///
/// A bucket stands for its middle, which is at most (2^(1/64) − 1) / (2^(1/64) + 1) = 0.54 % from any of its values.
/// It is the base-2 exponential histogram of OpenTelemetry at scale 6; two neighbors make one bucket of scale 5.
///
/// Bucket `64·e + i` holds the values v with 2^(e + i/64) ≤ v < 2^(e + (i+1)/64), in nanoseconds; 0 counts as 1. Values
/// of 2^48 ns (78 hours) and more fall into the last one.
package struct HistogramScale: Sendable {
    /// How many buckets double the value.
    package static let bucketsPerOctave = 64
    /// How many doublings there are.
    package static let octaves = 48
    /// How many buckets there are.
    package static let bucketCount = bucketsPerOctave * octaves

    /// The lower boundaries within an octave as 64-bit mantissas with the highest bit set; the 65th stands past the end.
    let boundaries: InlineArray<65, UInt64>
    /// For each 1/128 of an octave, linearly, the last bucket that starts at or before its beginning.
    ///
    /// The narrowest bucket is wider than 1/128, so one comparison with the next boundary finishes the search.
    let guesses: InlineArray<128, UInt8>

    package static let shared = HistogramScale()

    private init() {
        let octave = Double(UInt64(1) << 63)
        let exact = InlineArray<65, UInt64> { index in
            index < 64 ? UInt64((octave * Self.power(sixtyFourths: index)).rounded(.up)) : .max
        }
        boundaries = exact
        guesses = InlineArray<128, UInt8> { cell in
            let start = UInt64(1) << 63 + UInt64(cell) << 56
            var bucket = 0
            while bucket < 63, exact[bucket + 1] <= start { bucket += 1 }
            return UInt8(bucket)
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

    /// Finds the bucket of a value: a count of leading zeros, two look-ups, one comparison. Never traps.
    @inline(__always)
    package func bucket(of nanoseconds: UInt64) -> Int {
        let value = nanoseconds | (nanoseconds == 0 ? 1 : 0)
        let zeros = value.leadingZeroBitCount
        let octave = 63 &- zeros
        guard octave < Self.octaves else { return Self.bucketCount &- 1 }
        let mantissa = value &<< UInt64(truncatingIfNeeded: zeros)
        let guess = Int(guesses[Int(truncatingIfNeeded: mantissa &>> 56) & 127])
        let next = boundaries[min(guess &+ 1, 64)]
        return octave &* Self.bucketsPerOctave &+ guess &+ (mantissa >= next ? 1 : 0)
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
