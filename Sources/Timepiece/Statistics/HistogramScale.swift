/// The bucket boundaries of every histogram here: 64 to an octave, each 2^(1/64) (1.09 %) wider than the one before.
///
/// It is the base-2 exponential histogram of OpenTelemetry at scale 6 in seconds, which is schema 6 of Prometheus' native
/// histograms: with i = bucket − ``bucketOfOneSecond``, a bucket holds the durations s with 2^(i/64) s < s ≤ 2^((i+1)/64) s,
/// exactly, the upper bound included. Two neighbors make one bucket of scale 5.
///
/// Bucket 0 holds 0, and 1 ns is in bucket 6. 2^18 s (72.8 hours) and more are in the last one. A bucket stands for its
/// middle, which is at most (2^(1/64) − 1) / (2^(1/64) + 1) = 0.54 % from any of its values.
package enum HistogramScale {
    /// How many buckets double the value.
    package static var bucketsPerOctave: Int { 64 }
    /// How many buckets there are.
    package static var bucketCount: Int { 3072 }
    /// The bucket that begins above one second, 2^0 s on OpenTelemetry's scale.
    package static var bucketOfOneSecond: Int { 1920 }
    /// The largest value that is not shortened, 2^18 s in nanoseconds, the upper bound of the last bucket.
    static var largest: UInt64 { 262_144_000_000_000 }

    /// Finds the bucket of a value: a count of leading zeros, one look-up, one comparison. Never traps.
    ///
    /// - Returns: 0 ..< ``bucketCount``.
    @inline(__always)
    package static func bucket(of nanoseconds: UInt64) -> Int {
        let value = min(nanoseconds, largest)
        // Zero has as many leading zeros here as one.
        let zeros = (value | 1).leadingZeroBitCount
        let mantissa = value &<< UInt64(truncatingIfNeeded: zeros)
        // Eight bits are within the bounds of 256 cells.
        let cell = unsafe cells[unchecked: Int(truncatingIfNeeded: mantissa &>> 56)]
        return (63 &- zeros) &* bucketsPerOctave &+ Int(truncatingIfNeeded: cell & 0xffff) &+ (mantissa > cell ? 1 : 0)
    }

    /// Returns the bound that a bucket ends with and the next one begins above, in nanoseconds.
    package static func upperBound(of bucket: Int) -> Double {
        let index = min(max(bucket, -1), bucketCount) + 1 - bucketOfOneSecond
        // The octave is rounded down, and the step counts up from it.
        let octave = index >> 6
        let octaveInSeconds = Double(bitPattern: UInt64(1023 + octave) << 52)
        return octaveInSeconds * 1e9 * power(sixtyFourths: index & 63)
    }

    /// Returns the value that stands for a bucket, in nanoseconds: the one whose largest relative error is the smallest.
    ///
    /// Only whole nanoseconds are counted, so it is the middle of those in the bucket: the value itself where it is the
    /// only one, but not a whole number in general, since between 93 and 94 no rounding is within the error.
    package static func middle(of bucket: Int) -> Double {
        guard bucket > 0 else { return 0 }
        let low = upperBound(of: bucket - 1).rounded(.down) + 1
        let high = max(low, upperBound(of: bucket).rounded(.down))
        return 2 * low * high / (low + high)
    }

    /// Returns the value that stands for a bucket, to a part of a nanosecond.
    static func middleDuration(of bucket: Int) -> Duration {
        let middle = middle(of: bucket)
        let whole = middle.rounded(.down)
        let attoseconds = Int64(((middle - whole) * 1e9).rounded())
        return .nanoseconds(Int64(whole)) + Duration(secondsComponent: 0, attosecondsComponent: attoseconds)
    }

    /// 2^(n/64) for n from 0 to 64, from square roots, which IEEE 754 rounds the same on every machine.
    private static func power(sixtyFourths n: Int) -> Double {
        var result = n >= 64 ? 2.0 : 1.0
        var root = 2.0
        for bit in [32, 16, 8, 4, 2, 1] {
            root = root.squareRoot()
            if n & bit != 0 { result *= root }
        }
        return result
    }

    /// For each 1/128 of an octave of nanoseconds, linearly, where the search for a bucket in it begins and ends.
    ///
    /// A mantissa is a value shifted up until its highest bit is bit 63; its lowest 16 bits are zero, as values have 48
    /// bits at most. A cell holds the bucket of its beginning in the octave that begins with 1 ns, in the lowest 16 bits,
    /// and the largest mantissa that is still in that bucket, in the others. The narrowest bucket is wider than a cell, so
    /// what is larger is in the next bucket. The number of a cell is the 8 highest bits of the mantissa: 128 and more, and
    /// 0 for zero.
    ///
    /// The numbers are written out so that they lie in the program and no look-up has to ask whether they were computed.
    private static let cells: InlineArray<256, UInt64> = [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0x8099_2abb_83a5_0006, 0x81ff_a7a9_549c_0007, 0x836a_0bee_9d9d_0008, 0x836a_0bee_9d9d_0008,
        0x84d8_626d_3118_0009, 0x864a_b625_376b_000a, 0x864a_b625_376b_000a, 0x87c1_1235_836d_000b,
        0x893b_81db_e7ed_000c, 0x893b_81db_e7ed_000c, 0x8aba_1075_8e1e_000d, 0x8c3c_c97f_4cf1_000e,
        0x8c3c_c97f_4cf1_000e, 0x8dc3_b896_0164_000f, 0x8f4e_e976_e7c8_0010, 0x8f4e_e976_e7c8_0010,
        0x90de_67ff_f600_0011, 0x9272_4030_36b7_0012, 0x9272_4030_36b7_0012, 0x940a_7e28_259f_0013,
        0x940a_7e28_259f_0013, 0x95a7_2e2a_0ca4_0014, 0x9748_5c9a_622a_0015, 0x9748_5c9a_622a_0015,
        0x98ee_1600_2855_0016, 0x9a98_6705_4d51_0017, 0x9a98_6705_4d51_0017, 0x9c47_5c77_0cad_0018,
        0x9c47_5c77_0cad_0018, 0x9dfb_0346_51c9_0019, 0x9fb3_6888_1b4a_001a, 0x9fb3_6888_1b4a_001a,
        0xa170_9975_dfb0_001b, 0xa170_9975_dfb0_001b, 0xa332_a36d_f2fd_001c, 0xa332_a36d_f2fd_001c,
        0xa4f9_93f3_ed7b_001d, 0xa6c5_78b1_139d_001e, 0xa6c5_78b1_139d_001e, 0xa896_5f74_bf06_001f,
        0xa896_5f74_bf06_001f, 0xaa6c_5634_c8b0_0020, 0xaa6c_5634_c8b0_0020, 0xac47_6b0d_f43f_0021,
        0xac47_6b0d_f43f_0021, 0xae27_ac44_5c7d_0022, 0xae27_ac44_5c7d_0022, 0xb00d_2843_e106_0023,
        0xb00d_2843_e106_0023, 0xb1f7_eda0_9520_0024, 0xb3e8_0b17_2fd5_0025, 0xb3e8_0b17_2fd5_0025,
        0xb5dd_8f8d_7d34_0026, 0xb5dd_8f8d_7d34_0026, 0xb7d8_8a12_d0dd_0027, 0xb7d8_8a12_d0dd_0027,
        0xb9d9_09e0_79c5_0028, 0xb9d9_09e0_79c5_0028, 0xbbdf_1e5a_373c_0029, 0xbbdf_1e5a_373c_0029,
        0xbdea_d70e_af3d_002a, 0xbdea_d70e_af3d_002a, 0xbffc_43b7_e604_002b, 0xbffc_43b7_e604_002b,
        0xc213_743b_b6f6_002c, 0xc213_743b_b6f6_002c, 0xc213_743b_b6f6_002c, 0xc430_78ac_4ed4_002d,
        0xc430_78ac_4ed4_002d, 0xc653_6148_a749_002e, 0xc653_6148_a749_002e, 0xc87c_3e7d_03cd_002f,
        0xc87c_3e7d_03cd_002f, 0xcaab_20e3_6fe2_0030, 0xcaab_20e3_6fe2_0030, 0xcce0_1944_3eb5_0031,
        0xcce0_1944_3eb5_0031, 0xcf1b_3896_8c23_0032, 0xcf1b_3896_8c23_0032, 0xcf1b_3896_8c23_0032,
        0xd15c_9000_bf21_0033, 0xd15c_9000_bf21_0033, 0xd3a4_30d9_0d94_0034, 0xd3a4_30d9_0d94_0034,
        0xd5f2_2ca6_0197_0035, 0xd5f2_2ca6_0197_0035, 0xd846_951f_0034_0036, 0xd846_951f_0034_0036,
        0xd846_951f_0034_0036, 0xdaa1_7c2c_d195_0037, 0xdaa1_7c2c_d195_0037, 0xdd02_f3ea_2ab1_0038,
        0xdd02_f3ea_2ab1_0038, 0xdd02_f3ea_2ab1_0038, 0xdf6b_0ea4_3879_0039, 0xdf6b_0ea4_3879_0039,
        0xe1d9_dedb_2c86_003a, 0xe1d9_dedb_2c86_003a, 0xe44f_7742_cb56_003b, 0xe44f_7742_cb56_003b,
        0xe44f_7742_cb56_003b, 0xe6cb_eac2_fc0e_003c, 0xe6cb_eac2_fc0e_003c, 0xe94f_4c78_59ce_003d,
        0xe94f_4c78_59ce_003d, 0xe94f_4c78_59ce_003d, 0xebd9_afb4_c6a1_003e, 0xebd9_afb4_c6a1_003e,
        0xee6b_2800_0000_003f, 0xee6b_2800_0000_003f, 0xee6b_2800_0000_003f, 0xf103_c918_34f0_0040,
        0xf103_c918_34f0_0040, 0xf103_c918_34f0_0040, 0xf3a3_a6f2_9dd0_0041, 0xf3a3_a6f2_9dd0_0041,
        0xf64a_d5bc_15bc_0042, 0xf64a_d5bc_15bc_0042, 0xf64a_d5bc_15bc_0042, 0xf8f9_69d9_b5ab_0043,
        0xf8f9_69d9_b5ab_0043, 0xfbaf_77e9_7135_0044, 0xfbaf_77e9_7135_0044, 0xfbaf_77e9_7135_0044,
        0xfe6d_14c2_b511_0045, 0xfe6d_14c2_b511_0045, 0xfe6d_14c2_b511_0045, 0xffff_ffff_ffff_0046,
    ]
}
