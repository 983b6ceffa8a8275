import Testing
import Timepiece
@testable import TimepieceCloudWatch

struct ServiceReplyTests {
    private let encoder = PutMetricDataEncoder()

    private func verdict(
        _ status: Int, _ body: String = "", type: String = "application/x-amz-json-1.0", isService: Bool = true,
        _ headers: [String: String] = [:]
    ) -> DeliveryVerdict {
        var fields = headers.map { HTTPHeader($0.key, $0.value) } + [HTTPHeader("Content-Type", type)]
        if isService { fields.append(HTTPHeader("x-amzn-requestid", "1")) }
        let response = HTTPResponse(status: status, headers: fields, body: Array(body.utf8))
        return ServiceReply(response, from: "https://here").verdict(for: encoder)
    }

    @Test func `Only the service's own empty object is success`() {
        #expect(verdict(200, "{}") == .accepted)
        #expect(verdict(200, "{}", type: "application/x-amz-json-1.0; charset=utf-8") == .accepted)
        for other in [
            verdict(200, "<html>"), verdict(200, "{}", type: "text/html"), verdict(200, "{}", isService: false),
            verdict(204), verdict(201, "{}"), verdict(200, "{"),
        ] {
            guard case .failed(_, isUncertain: true, _) = other else {
                #expect(Bool(false), "\(other)")
                continue
            }
        }
    }

    @Test(arguments: [
        "Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException", "SlowDown",
    ])
    func `Throttling is recognized by its code, regardless of the status`(code: String) {
        let sentence = "https://here answered 400 \(code)."
        #expect(verdict(400, #"{"__type":"com.amazonaws#\#(code)","message":"Rate"}"#) == .throttled(sentence))
        #expect(verdict(400, headers(code)) == .throttled(sentence))
        #expect(
            verdict(400, "<ErrorResponse><Error><Code>\(code)</Code></Error></ErrorResponse>", type: "text/xml")
                == .throttled(sentence))
        #expect(
            verdict(400, "{}", ["x-amz-retry-after": "1500", "x-amzn-query-error": "\(code);Sender"])
                == .throttled(sentence, retryAfter: .milliseconds(1500)))
    }

    private func headers(_ code: String) -> String { #"{"code":"\#(code)"}"# }

    @Test func `Server errors may arrive after the data were accepted, except for 503`() {
        #expect(verdict(500) == .failed("https://here answered 500.", isUncertain: true))
        #expect(verdict(504) == .failed("https://here answered 504.", isUncertain: true))
        #expect(
            verdict(503, isService: false, ["Retry-After": "7"])
                == .failed("https://here answered 503.", retryAfter: .seconds(7)))
        #expect(verdict(400, #"{"__type":"RequestTimeout"}"#) == .failed("https://here answered 400 RequestTimeout."))
    }

    @Test(arguments: ["ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"])
    func `Refused keys are recognized by code or status`(code: String) {
        #expect(verdict(400, #"{"__type":"\#(code)"}"#) == .unauthorized("https://here answered 400 \(code)."))
        #expect(verdict(403) == .unauthorized("https://here answered 403."))
    }

    @Test func `A wrong clock is distinguished from a wrong key, and the message with the token is not repeated`() {
        let said = #"{"__type":"InvalidSignatureException","message":"Signature expired: x-amz-security-token:abc"}"#
        #expect(
            verdict(403, said)
                == .wrongTime(
                    "https://here answered 403 InvalidSignatureException. The clock of this machine is wrong."))
        let wrong = #"{"__type":"SignatureDoesNotMatch","message":"The canonical string was x-amz-security-token:abc"}"#
        #expect(verdict(403, wrong) == .unauthorized("https://here answered 403 SignatureDoesNotMatch."))
        guard case .wrongTime = verdict(403, #"{"__type":"RequestTimeTooSkewed"}"#) else {
            return #expect(Bool(false))
        }
    }

    @Test func `A complaint about the data is a refusal; line breaks in it are not kept`() {
        #expect(
            verdict(400, #"{"__type":"InvalidParameterValueException","message":"bad\nvalue"}"#)
                == .refused("https://here answered 400 InvalidParameterValueException. It said: bad value"))
        guard case .refused = verdict(413, isService: true) else { return #expect(Bool(false)) }
    }

    @Test(arguments: [302, 403, 404, 407, 511])
    func `A response that is not the service's discards nothing`(status: Int) {
        guard case .failed = verdict(status, "<html>", type: "text/html", isService: false) else {
            return #expect(Bool(false))
        }
    }

    @Test(arguments: ["UnknownOperationException", "InvalidAction"])
    func `A wrong service at the endpoint discards nothing`(code: String) {
        guard case .failed = verdict(400, #"{"__type":"\#(code)"}"#) else { return #expect(Bool(false)) }
    }
}
