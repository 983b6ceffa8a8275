/// What the streams of the live view are sorted by.
enum LiveOrder: CaseIterable {
    case label
    case rate
    case p99
    case longest
    case bitrate

    var next: LiveOrder {
        let all = Self.allCases
        let index = all.firstIndex(of: self).map { all.index(after: $0) } ?? all.startIndex
        return index < all.endIndex ? all[index] : .label
    }

    var name: String {
        switch self {
        case .label: "label"
        case .rate: "rate"
        case .p99: "p99"
        case .longest: "longest"
        case .bitrate: "bitrate"
        }
    }

    /// The column of ``LiveScreen``'s table.
    var column: Int {
        switch self {
        case .label: 0
        case .rate: 1
        case .p99: 5
        case .longest: 6
        case .bitrate: 7
        }
    }

    /// Names upward, figures from the largest down.
    func precedes(_ left: LiveBoard.Tick, _ right: LiveBoard.Tick) -> Bool {
        func larger<Figure: Comparable>(_ figure: (LiveBoard.Tick) -> Figure) -> Bool {
            figure(left) == figure(right)
                ? left.message.label < right.message.label : figure(left) > figure(right)
        }
        return switch self {
        case .label: left.message.label < right.message.label
        case .rate: larger(\.message.averageRate)
        case .p99: larger(\.message.intervals.p99)
        case .longest: larger(\.message.intervals.max)
        case .bitrate: larger(\.message.bitrate)
        }
    }
}
