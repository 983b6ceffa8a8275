import Timepiece

/// The meaning of a response: by the code of an error and not by its status alone.
///
/// CloudWatch throttles with status 400, proxies and captive portals respond with 200, and a wrong clock looks like a
/// wrong key. Sources: botocore's retry rules, "Common error types" of the CloudWatch API reference.
struct ServiceReply {
    private let response: HTTPResponse
    private let origin: String

    /// Takes a response of the service at an address.
    init(_ response: HTTPResponse, from origin: String) {
        self.response = response
        self.origin = origin
    }

    /// True if the response is AWS's own and not that of an intermediary.
    var isFromService: Bool {
        response.header("x-amzn-RequestId") != nil || response.header("x-amz-request-id") != nil
    }

    /// Returns the meaning of the response for a request that an encoder has written.
    func verdict(for encoder: any MetricEncoder) -> DeliveryVerdict {
        if (200..<300).contains(response.status) { return success(encoder) }
        let code = code
        let sentence = "\(origin) answered \(response.status)\(code.map { " \($0)" } ?? "")."
        if isThrottling(code) { return .throttled(sentence, retryAfter: askedPause) }
        if response.status >= 500 {
            // All but "unavailable" may arrive after the data were accepted.
            return .failed(sentence, isUncertain: response.status != 503, retryAfter: askedPause)
        }
        if let code, Self.transient.contains(code) {
            return .failed(sentence, isUncertain: false, retryAfter: askedPause)
        }
        if isAboutTime(code) { return .wrongTime("\(sentence) The clock of this machine is wrong.") }
        if response.status == 413, !isFromService {
            return .tooLong("\(sentence) Something in between, such as a proxy, takes no request of that length.")
        }
        guard isFromService || code != nil else {
            return .failed(
                "\(sentence) That is not CloudWatch's own answer: a proxy, a captive portal or a wrong endpoint.")
        }
        if isAboutKeys(code) { return .unauthorized(sentence + (isAboutSignature(code) ? "" : message)) }
        if [404, 405, 407, 408].contains(response.status) || code.map({ Self.misdirected.contains($0) }) ?? false {
            return .failed("\(sentence) The endpoint may be that of another service.")
        }
        return .refused(sentence + message)
    }

    private func success(_ encoder: any MetricEncoder) -> DeliveryVerdict {
        let type = response.header("Content-Type")?.lowercased() ?? "none"
        guard response.status == 200, isFromService, type.hasPrefix(encoder.replyType),
            encoder.isAcknowledgment(response.body)
        else {
            return .failed(
                "\(origin) answered \(response.status) with content type \(Self.legible(type)), which is no "
                    + "confirmation of CloudWatch's: a proxy or a captive portal may be in between.",
                isUncertain: true, retryAfter: askedPause)
        }
        guard let (rejected, message) = encoder.reservation(response.body) else { return .accepted }
        let said = Self.legible(message)
        return .acceptedPartly(
            rejected: rejected,
            "\(origin) took all but \(rejected) of the data points." + (said.isEmpty ? "" : " It said: \(said)"))
    }

    /// The code of an error, in any position, without the namespace of the shape.
    private var code: String? {
        if let field = response.header("x-amzn-query-error")?.split(separator: ";").first { return Self.legible(field) }
        if let field = response.header("x-amzn-ErrorType") { return Self.bare(field) }
        if let document = JSONDocument(response.body) {
            if let type = document.string(["__type"]) ?? document.string(["code"]) { return Self.bare(type) }
        } else if let text = String(validating: response.body, as: UTF8.self) {
            return XMLText.element("Code", in: text).map { Self.bare($0) }
        }
        return nil
    }

    /// The service's message about the data, with a leading space.
    private var message: String {
        let document = JSONDocument(response.body)
        let said =
            document?.string(["message"]) ?? document?.string(["Message"])
            ?? String(validating: response.body, as: UTF8.self).flatMap { XMLText.element("Message", in: $0) }
        return said.map { " It said: \(Self.legible($0))" } ?? ""
    }

    private var askedPause: Duration? {
        if let field = response.header("x-amz-retry-after"), let value = Int64(field), value >= 0 {
            return .milliseconds(min(value, 86_400_000))
        }
        if let field = response.header("Retry-After"), let value = Int64(field), value >= 0 {
            return .seconds(min(value, 86_400))
        }
        return nil
    }

    private func isThrottling(_ code: String?) -> Bool {
        response.status == 429 || code.map { Self.throttling.contains($0) } ?? false
    }

    private func isAboutTime(_ code: String?) -> Bool {
        guard let code else { return false }
        if ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"].contains(code) { return true }
        guard code.hasPrefix("SignatureDoesNotMatch") || code.hasPrefix("InvalidSignature") else { return false }
        // Read but not repeated: this message contains the request, including the session token.
        let said = message.lowercased()
        return said.contains("expired") || said.contains("not yet current")
    }

    private func isAboutKeys(_ code: String?) -> Bool {
        if response.status == 401 || response.status == 403 { return true }
        return code.map { Self.keys.contains($0) } ?? false
    }

    /// Whether the message may contain the request, and with it the session token.
    private func isAboutSignature(_ code: String?) -> Bool {
        guard let code else { return true }
        if code.hasPrefix("AccessDenied") { return false }
        return !isFromService || code.contains("Signature")
    }

    private static func bare(_ code: some StringProtocol) -> String {
        let name = code.split(separator: "#").last ?? ""
        return legible(name.prefix { $0 != ":" })
    }

    /// Text from outside, short and on one line.
    private static func legible(_ text: some StringProtocol) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(300).map { $0.value < 32 ? " " : $0 }))
    }

    private static let throttling: Set<String> = [
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException",
        "TooManyRequestsException", "RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException",
        "ProvisionedThroughputExceededException", "PriorRequestNotComplete", "EC2ThrottledException", "SlowDown",
    ]
    private static let transient: Set<String> = [
        "RequestTimeout", "RequestTimeoutException", "InternalError", "InternalFailure", "InternalServiceError",
        "InternalServiceFault", "ServiceUnavailable", "ServiceUnavailableException",
    ]
    private static let keys: Set<String> = [
        "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException", "InvalidToken",
        "MissingAuthenticationToken", "MissingAuthenticationTokenException", "IncompleteSignature",
        "SignatureDoesNotMatch", "InvalidSignatureException", "AccessDenied", "AccessDeniedException", "AuthFailure",
        "NotAuthorized", "OptInRequired", "InvalidAccessKeyId",
    ]
    private static let misdirected: Set<String> = [
        "UnknownOperationException", "UnknownOperation", "InvalidAction",
    ]
}
