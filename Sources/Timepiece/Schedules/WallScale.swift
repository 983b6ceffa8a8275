/// Wall times as unsigned numbers in the same order, so that one kind of heap holds all deadlines.
enum WallScale {
    private static let zero: UInt64 = 1 << 63

    static func point(of time: WallTime) -> UInt64 {
        UInt64(bitPattern: time.nanoseconds) ^ zero
    }

    static func time(of point: UInt64) -> WallTime {
        WallTime(nanoseconds: Int64(bitPattern: point ^ zero))
    }
}
