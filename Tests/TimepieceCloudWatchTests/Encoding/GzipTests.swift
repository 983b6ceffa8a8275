import Testing
@testable import TimepieceCloudWatch

struct GzipTests {
    @Test func `The compressed form is a gzip member, and far smaller for a request`() throws {
        let encoder = PutMetricDataEncoder()
        let datum = Datum(
            ClosedInterval(
                identity: .sample(), statistics: SampleMinute.lognormal.statistics, boot: "b", moment: .after(3)))
        let body = encoder.body(
            (0..<20).map { QueuedDatum(datum: datum, timestamp: noon + 60 * Int64($0)) }, namespace: "Test/Video")
        let compressed = try #require(Gzip.compress(body))
        #expect(compressed.starts(with: [0x1f, 0x8b, 8]))
        #expect(compressed.count < body.count / 4)
        // The last four bytes are the length of what was compressed (RFC 1952).
        let length = compressed.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        #expect(length == body.count)
    }

    @Test func `Empty data can be compressed, too`() {
        #expect(Gzip.compress([])?.isEmpty == false)
    }
}
