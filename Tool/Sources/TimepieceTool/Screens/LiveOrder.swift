/// The sort orders of the streams in the live view.
enum LiveOrder: CaseIterable {
    case pipeline
    case rate
    case p99
    case longest
    case bitrate
    case name

    var next: LiveOrder {
        let all = Self.allCases
        let index = all.firstIndex(of: self).map { all.index(after: $0) } ?? all.startIndex
        return index < all.endIndex ? all[index] : .pipeline
    }

    /// The title of the column that it sorts by; nil is none.
    var column: String? {
        switch self {
        case .pipeline: nil
        case .name: LiveColumns.name
        case .rate: LiveColumns.rate
        case .p99: LiveColumns.p99
        case .longest: LiveColumns.longest
        case .bitrate: LiveColumns.bitrate
        }
    }

    /// Places and names upward, numbers from the largest down.
    func precedes(_ left: LiveBoard.Tick, _ right: LiveBoard.Tick) -> Bool {
        func larger<Value: Comparable>(_ value: (LiveBoard.Tick) -> Value) -> Bool {
            value(left) == value(right) ? Self.pipeline.precedes(left, right) : value(left) > value(right)
        }
        return switch self {
        case .pipeline:
            left.place == right.place
                ? NaturalOrder.precedes(left.label, right.label) : left.place < right.place
        case .name: NaturalOrder.precedes(left.label, right.label)
        case .rate: larger { $0.message?.averageRate ?? 0 }
        case .p99: larger { $0.message?.intervals.p99 ?? .zero }
        case .longest: larger(\.totals.longest)
        case .bitrate: larger { $0.message?.bitrate ?? 0 }
        }
    }
}

/// The titles of the live view's columns, with the units.
enum LiveColumns {
    static let name = "STREAM"
    static let rate = "FPS"
    static let nominal = "NOMINAL"
    static let p50 = "P50 ms"
    static let p90 = "P90 ms"
    static let p99 = "P99 ms"
    static let longest = "WORST ms"
    static let bitrate = "Mbit/s"
}
