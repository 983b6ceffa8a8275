import Testing
import Timepiece
@testable import TimepieceCloudWatch

struct EmbeddedMetricEncoderTests {
    @Test func `A document has the metadata, the dimensions and the exact statistics`() {
        let item = QueuedDatum(datum: .sample(count: 3), timestamp: noon)
        let text = String(decoding: EmbeddedMetricEncoder().document(item), as: UTF8.self)
        #expect(
            text == #"{"_aws":{"Timestamp":1795348800000,"CloudWatchMetrics":[{"Namespace":"Test/Video","#
                + #""Dimensions":[["Device"]],"Metrics":[{"Name":"frame_processing_time","Unit":"Seconds","#
                + #""StorageResolution":60}]}]},"Device":"cam-01","frame_processing_time":{"Values":[0.033],"#
                + #""Counts":[3],"Max":0.033,"Min":0.033,"Count":3,"Sum":0.099}}"#)
    }

    @Test(arguments: SampleMinute.all)
    func `A document has at most a hundred values, and all samples`(minute: SampleMinute) {
        let datum = Datum(
            ClosedInterval(identity: .sample(), statistics: minute.statistics, boot: "b", moment: .after(3)))
        let bytes = EmbeddedMetricEncoder().document(QueuedDatum(datum: datum, timestamp: noon))
        #expect(JSONDocument(bytes)?.integer(["frame_processing_time", "Count"]) == Int64(minute.samples.count))
        let text = String(decoding: bytes, as: UTF8.self)
        let counts =
            text.split(separator: #""Counts":["#).last?.split(separator: "]").first?.split(separator: ",") ?? []
        #expect(counts.count <= 100)
        #expect(counts.reduce(0) { $0 + (Int($1) ?? 0) } == minute.samples.count)
    }
}
