import Timepiece
import TimepieceCloudWatch
import TimepieceTelemetry

/// The delivery to a receiver of OpenTelemetry's protocol: encode, compress, send, read the response.
final class OpenTelemetryDelivery: Delivery {
    private let destination: OpenTelemetryDestination
    private let encoder: OpenTelemetryEncoder
    private let transport: any Transport

    init(_ destination: OpenTelemetryDestination, transport: any Transport) {
        self.destination = destination
        self.transport = transport
        encoder = OpenTelemetryEncoder(resource: destination.resource, version: TimepieceVersion.current)
    }

    func largestSize(of datum: Datum) -> Int { encoder.largestSize(of: datum) }

    func deliver(_ batch: Batch) -> DeliveryReport {
        let began = Moment.now()
        var body = encoder.body(batch.data, namespace: batch.namespace)
        if destination.compresses {
            guard let compressed = Gzip.compress(body) else {
                return DeliveryReport(
                    .failed("There is no memory for a request to \(destination.origin)."), began: began, ended: .now())
            }
            body = compressed
        }
        var request = HTTPRequest(
            method: "POST", url: destination.url, headers: destination.headers, body: body,
            clientCertificate: destination.clientCertificate, allowsPlainHTTP: true)
        for header in encoder.headers { request.setHeader(header.name, header.value) }
        if destination.compresses { request.setHeader("Content-Encoding", "gzip") }
        do throws(TransportError) {
            let response = try transport.send(
                request, connectTimeout: min(.seconds(5), batch.timeout), timeout: batch.timeout)
            let reply = OpenTelemetryReply(
                response, from: destination.origin, secrets: destination.headers.map(\.value))
            // A receiver's clock is used only if the machine's was never set.
            let isUnset = began.wall < ClockEstimate.earliestPlausible
            return DeliveryReport(
                reply.verdict(for: encoder, count: batch.data.count), serviceTime: isUnset ? response.date : nil,
                began: began, ended: .now())
        } catch {
            return DeliveryReport(
                .failed(error.sentence, isUncertain: error.requestMayHaveBeenApplied), began: began, ended: .now())
        }
    }
}

/// The meaning of a response for the next step, by the specification of OTLP/HTTP.
///
/// After 429, 502, 503 and 504 the request is repeated, no sooner than `Retry-After` says; after other statuses from
/// 400 on it is not. A redirect, and a success that is not the protocol's, is that of an intermediary.
struct OpenTelemetryReply {
    private let response: HTTPResponse
    private let origin: String
    private let secrets: [String]

    /// - Parameter secrets: the texts of the response that must not be repeated.
    init(_ response: HTTPResponse, from origin: String, secrets: [String] = []) {
        self.response = response
        self.origin = origin
        self.secrets = secrets
    }

    /// Returns the meaning of the response for a request with a number of data.
    func verdict(for encoder: OpenTelemetryEncoder, count: Int) -> DeliveryVerdict {
        let sentence = "\(origin) answered \(response.status)."
        switch response.status {
        case 200..<300:
            return success(encoder)
        case 300..<400:
            return .failed("\(sentence) Redirects are not followed: a captive portal, or a wrong endpoint.")
        case 429:
            return .throttled(sentence, retryAfter: askedPause)
        case 502, 503, 504:
            return .failed(sentence, isUncertain: response.status != 503, retryAfter: askedPause)
        case 413 where count > 1:
            return .tooLong("\(sentence) It takes no request of that length.")
        default:
            return .rejected("\(sentence) That is not tried again, and these data are lost.\(words)")
        }
    }

    private func success(_ encoder: OpenTelemetryEncoder) -> DeliveryVerdict {
        let type = response.header("Content-Type")?.lowercased() ?? ""
        let isOurs = type.isEmpty || ["application/x-protobuf", "application/json"].contains { type.hasPrefix($0) }
        guard response.body.isEmpty || isOurs && encoder.isAcknowledgment(response.body) else {
            return .failed(
                "\(origin) answered \(response.status) with content type \(legible(type)), which is no confirmation of "
                    + "OTLP's: a proxy or a captive portal may be in between.", isUncertain: true,
                retryAfter: askedPause)
        }
        guard let (rejected, message) = encoder.reservation(response.body) else { return .accepted }
        let said = message.isEmpty ? "" : " It said: \(legible(message))"
        return .acceptedPartly(
            rejected: rejected,
            rejected == 0
                ? "\(origin) took all data points, with a warning.\(said)"
                : "\(origin) refused \(rejected) data points, which are lost.\(said)")
    }

    /// The receiver's message about an error, with a leading space: the message `Status`, or text.
    private var words: String {
        let type = response.header("Content-Type")?.lowercased() ?? ""
        var said: String?
        if type.hasPrefix("application/x-protobuf") {
            said = OpenTelemetryAnswer.statusMessage(response.body)
        } else if type.hasPrefix("application/json") {
            said = JSONDocument(response.body)?.string(["message"])
        } else if type.hasPrefix("text/plain") {
            said = String(validating: response.body, as: UTF8.self)
        }
        return said.map { $0.isEmpty ? "" : " It said: \(legible($0))" } ?? ""
    }

    /// Text from outside, short, on one line, and without the values of the headers.
    private func legible(_ text: String) -> String {
        var scalars = String.UnicodeScalarView(text.unicodeScalars.prefix(2000))
        let parts = secrets.flatMap { secret in [secret] + secret.split { " ,;=".contains($0) }.map(String.init) }
        var clean = String(scalars)
        for part in parts.filter({ $0.utf8.count > 2 }).sorted(by: { $0.utf8.count > $1.utf8.count }) {
            clean = Self.replaced(clean, part)
        }
        scalars = String.UnicodeScalarView(clean.unicodeScalars.prefix(300).map { $0.value < 32 ? " " : $0 })
        return String(scalars)
    }

    private static func replaced(_ text: String, _ part: String) -> String {
        var result: [UInt8] = []
        let (all, secret) = (Array(text.utf8), Array(part.utf8))
        var index = 0
        while index < all.count {
            if all[index] == secret[0], all[index...].starts(with: secret) {
                result += Array("…".utf8)
                index += secret.count
            } else {
                result.append(all[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// `Retry-After` in seconds, or as a date by the receiver's own clock.
    private var askedPause: Duration? {
        guard let field = response.header("Retry-After") else { return nil }
        if let seconds = Int64(field), seconds >= 0 { return .seconds(min(seconds, 86_400)) }
        guard let end = WallTime(httpDate: field) else { return nil }
        return max(.zero, min((response.date ?? .now()).duration(to: end), .seconds(86_400)))
    }
}
