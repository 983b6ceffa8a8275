import Testing
import Timepiece
import TimepieceTelemetry
@testable import TimepieceCloudWatch
@testable import TimepieceOpenTelemetry

@Suite("The response of a receiver of OpenTelemetry's protocol")
struct OpenTelemetryReplyTests {
    private func verdict(_ status: Int, _ headers: [String: String], _ body: [UInt8] = []) -> DeliveryVerdict {
        let response = HTTPResponse(status: status, headers: headers.map { HTTPHeader($0.key, $0.value) }, body: body)
        return OpenTelemetryReply(response, from: "http://h:4318", secrets: ["a key"])
            .verdict(for: OpenTelemetryEncoder(resource: OpenTelemetryResource([]), version: "1"), count: 3)
    }

    private func pause(_ verdict: DeliveryVerdict) -> Duration? {
        switch verdict {
        case .throttled(_, let pause), .failed(_, _, let pause): pause
        default: nil
        }
    }

    @Test(arguments: [429, 502, 503, 504])
    func `may request a pause in seconds, or until a date by its own clock`(status: Int) {
        let now = "Sun, 06 Nov 1994 08:49:37 GMT"
        for (field, seconds) in [
            ("7", 7), ("0", 0), (" 7", nil), ("-7", nil), ("soon", nil), ("99999999999", 86_400),
            ("Sun, 06 Nov 1994 08:50:37 GMT", 60), ("Sun, 06 Nov 1994 08:00:00 GMT", 0),
            ("Sun, 06 Nov 2094 08:00:00 GMT", 86_400), ("Sunday, 06-Nov-94 08:50:37 GMT", nil), ("", nil),
        ] as [(String, Int?)] {
            let asked = pause(verdict(status, ["Retry-After": field, "Date": now]))
            #expect(asked == seconds.map { .seconds($0) }, "\(field)")
        }
        #expect(pause(verdict(status, ["retry-after": "3"])) == .seconds(3))
        #expect(pause(verdict(status, [:])) == nil)
    }

    @Test(arguments: [400, 401, 403, 404, 405, 408, 411, 418, 451, 500, 501, 505, 511])
    func `is final with any other error`(status: Int) {
        let body = Array("no a key\u{1b}[31m\r\n".utf8)
        let said = verdict(status, ["Retry-After": "1", "Content-Type": "text/plain"], body)
        guard case .rejected(let sentence) = said else { return #expect(Bool(false), "\(said)") }
        #expect(sentence.contains("answered \(status).") && !sentence.contains("a key"))
        #expect(!sentence.unicodeScalars.contains { $0.value < 32 })
    }
}
