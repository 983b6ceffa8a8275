/// Arithmetic that stays at the largest number instead of trapping or wrapping.
extension FixedWidthInteger {
    @inlinable
    @inline(__always)
    package func addingSaturating(_ other: Self) -> Self {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    @inlinable
    @inline(__always)
    package func multipliedSaturating(by other: Self) -> Self {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }

    @inlinable
    @inline(__always)
    package mutating func addSaturating(_ other: Self) {
        self = addingSaturating(other)
    }
}
