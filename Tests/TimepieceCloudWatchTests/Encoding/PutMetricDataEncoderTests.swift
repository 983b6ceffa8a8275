import Testing
import Timepiece
@testable import TimepieceCloudWatch

struct PutMetricDataEncoderTests {
    private let encoder = PutMetricDataEncoder()

    @Test func `A datum is written as the API requires, with exact decimals`() {
        var statistics = Statistics()
        for nanoseconds: Int64 in [31_200_001, 32_500_000, 32_500_000] { statistics.record(.nanoseconds(nanoseconds)) }
        let minute = ClosedInterval(identity: .sample(), statistics: statistics, boot: "b", moment: .after(3))
        let body = encoder.body([QueuedDatum(datum: Datum(minute), timestamp: noon)], namespace: "Test/Video")
        let text = String(decoding: body, as: UTF8.self)
        #expect(
            text.hasPrefix(
                #"{"Namespace":"Test/Video","MetricData":[{"MetricName":"frame_processing_time","#
                    + #""Dimensions":[{"Name":"Device","Value":"cam-01"}],"Timestamp":1795348800,"Values":[0.031200001,"#
            ))
        #expect(text.contains(#""Counts":[1,2]"#))
        #expect(
            text.contains(
                #""StatisticValues":{"SampleCount":3,"Sum":0.096200001,"Minimum":0.031200001,"Maximum":0.0325}"#))
        #expect(text.hasSuffix(#""Unit":"Seconds","StorageResolution":60}]}"#))
    }

    @Test func `Sums of more digits than a Double has are written exactly`() {
        var json = JSONText()
        json.seconds(exactly: 18_446_744_073_709_551_615)
        #expect(String(decoding: json.bytes, as: UTF8.self) == "18446744073.709551615")
        json = JSONText()
        json.seconds(exactly: 5_000_000_000)
        #expect(String(decoding: json.bytes, as: UTF8.self) == "5")
        json = JSONText()
        json.seconds(exactly: 7)
        #expect(String(decoding: json.bytes, as: UTF8.self) == "0.000000007")
    }

    @Test func `Quotes, backslashes and control characters in names do not change the JSON`() {
        var json = JSONText()
        json.string("a\"b\\c\nd")
        #expect(String(decoding: json.bytes, as: UTF8.self) == #""a\"b\\c\u000ad""#)
    }

    @Test(arguments: SampleMinute.all)
    func `No datum is larger than its stated size`(minute: SampleMinute) {
        let datum = Datum(
            ClosedInterval(identity: .sample(), statistics: minute.statistics, boot: "b", moment: .after(3)))
        let one = encoder.body([QueuedDatum(datum: datum, timestamp: noon)], namespace: "Test/Video").count
        #expect(one <= encoder.largestSize(of: datum))
        #expect(encoder.largestSize(of: datum) < 7000)
    }

    @Test func `Only an empty object or nothing is an acknowledgment`() {
        #expect(encoder.isAcknowledgment(Array("{}".utf8)))
        #expect(encoder.isAcknowledgment(Array(" { }\n".utf8)))
        #expect(encoder.isAcknowledgment([]))
        #expect(!encoder.isAcknowledgment(Array("<html>".utf8)))
        #expect(!encoder.isAcknowledgment(Array("{".utf8)))
    }

    @Test(arguments: SampleMinute.all)
    func `The body is well-formed JSON for every minute`(minute: SampleMinute) {
        let datum = Datum(
            ClosedInterval(identity: .sample(), statistics: minute.statistics, boot: "b", moment: .after(3)))
        let data = [QueuedDatum(datum: datum, timestamp: noon), QueuedDatum(datum: datum, timestamp: noon + 60)]
        #expect(JSONDocument(encoder.body(data, namespace: "Test/Video")) != nil)
    }
}
