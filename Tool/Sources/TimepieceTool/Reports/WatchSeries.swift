import TimepieceMessages

/// The windows of one watch, in order.
struct WatchSeries {
    struct Window {
        let at: Duration
        let length: Duration
        let laps: IntervalSummary
        let selfTime: Duration
    }

    let path: String
    var windows: [Window] = []
}
