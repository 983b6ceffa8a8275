import Timepiece
import TimepieceMeters
import TimepieceTelemetry

/// The tracer's totals of a pipeline, for readers of metrics.
final class PipelineSource: TelemetrySource {
    private let totals: PipelineTotals

    init(_ totals: PipelineTotals) {
        self.totals = totals
    }

    func collect(at now: UInt64) -> [Measurement] {
        let totals = totals.totals
        var measured: [Measurement] = []
        for (path, element) in totals.elements {
            let labels = [MetricLabel("element", path)]
            measured.append(
                Measurement(.elementWork, .distribution(Statistics(element.works, sum: element.work)), labels))
            for (reason, time) in element.waits {
                measured.append(
                    Measurement(.elementWait, .nanoseconds(time), labels + [MetricLabel("reason", reason.rawValue)]))
            }
        }
        for (pad, queue) in totals.queues {
            let labels = [MetricLabel("element", pad.path), MetricLabel("pad", pad.name)]
            measured.append(
                Measurement(.queueDwell, .distribution(Statistics(queue.dwells, sum: queue.dwells.middleSum)), labels))
            measured.append(Measurement(.queueDrops, .count(queue.dropped), labels))
            if queue.isThere { measured.append(Measurement(.queueLevel, .gauge(Double(queue.level)), labels)) }
        }
        return measured
    }
}

extension Histogram {
    /// The sum of the middles of the buckets, in nanoseconds: at most 0.55 % off.
    fileprivate var middleSum: UInt64 {
        buckets.reduce(0) { sum, bucket in
            sum.addingSaturating(
                UInt64(clamping: bucket.middle.nanoseconds).multipliedSaturating(by: bucket.count))
        }
    }
}

extension Statistics {
    /// Makes statistics of a distribution with a known sum; the extremes are those of its buckets.
    fileprivate init(_ histogram: Histogram, sum: UInt64) {
        let middles = histogram.buckets.map { UInt64(clamping: $0.middle.nanoseconds) }
        self.init(
            count: histogram.count, min: middles.first ?? 0, max: middles.last ?? 0, sum: UInt128(sum), squares: 0,
            histogram: histogram)
    }
}
