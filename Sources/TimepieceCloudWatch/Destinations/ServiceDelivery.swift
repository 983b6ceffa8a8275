import Synchronization
package import Timepiece

/// The delivery to the service itself: encode, compress, sign, send, read the response.
package final class ServiceDelivery: Delivery {
    /// Where requests go.
    private struct Target {
        let region: String
        let address: String
    }

    private let encoder: any MetricEncoder
    private let transport: any Transport
    private let credentials: CredentialsChain
    private let allowsPlainHTTP: Bool
    private let resolve: @Sendable () throws(CredentialsError) -> (region: String, address: String)
    private let target = Mutex<Target?>(nil)

    /// Makes a delivery to a service.
    ///
    /// - Parameters:
    ///   - encoder: the protocol.
    ///   - transport: the connection.
    ///   - credentials: the keys.
    ///   - allowsPlainHTTP: whether `http` may go to another machine.
    ///   - resolve: finds region and address; called again at each attempt until it succeeds, as it may need the
    ///     network.
    package init(
        encoder: any MetricEncoder, transport: any Transport, credentials: CredentialsChain,
        allowsPlainHTTP: Bool = false,
        resolve: @escaping @Sendable () throws(CredentialsError) -> (region: String, address: String)
    ) {
        self.encoder = encoder
        self.transport = transport
        self.credentials = credentials
        self.allowsPlainHTTP = allowsPlainHTTP
        self.resolve = resolve
    }

    package func largestSize(of datum: Datum) -> Int { encoder.largestSize(of: datum) }

    package func obstacle(at now: WallTime) -> String? {
        do throws(CredentialsError) {
            _ = try findTarget()
            _ = try credentials.credentials(at: now)
            return nil
        } catch {
            return error.sentence
        }
    }

    package func deliver(_ batch: Batch) -> DeliveryReport {
        let asked = Moment.now()
        guard let body = Gzip.compress(encoder.body(batch.data, namespace: batch.namespace)) else {
            return report(.failed("There is no memory for a request to CloudWatch."), asked)
        }
        do throws(CredentialsError) {
            let target = try findTarget()
            let keys = try credentials.credentials(at: batch.time)
            return send(body, batch, to: target, keys: keys, asked: asked)
        } catch {
            return report(.failed(error.sentence), asked)
        }
    }

    private func send(
        _ body: [UInt8], _ batch: Batch, to target: Target, keys: Credentials, asked: Moment
    ) -> DeliveryReport {
        let origin = URLParts(target.address)?.origin ?? "CloudWatch"
        let base = target.address.hasSuffix("/") ? String(target.address.dropLast()) : target.address
        var request = HTTPRequest(
            method: "POST", url: base + encoder.path, headers: encoder.headers, body: body,
            allowsPlainHTTP: allowsPlainHTTP)
        request.setHeader("Content-Encoding", "gzip")
        let began = Moment.now()
        let time = batch.time.advanced(by: asked.boot.duration(to: began.boot))
        Signer.sign(&request, with: keys, region: target.region, service: "monitoring", at: time)
        do throws(TransportError) {
            let response = try transport.send(
                request, connectTimeout: min(.seconds(5), batch.timeout), timeout: batch.timeout)
            let reply = ServiceReply(response, from: origin)
            var verdict = reply.verdict(for: encoder)
            if case .unauthorized(let sentence) = verdict {
                credentials.invalidate()
                if let hint = keys.hint { verdict = .unauthorized("\(sentence) \(hint)") }
            }
            return DeliveryReport(
                verdict, serviceTime: reply.isFromService ? response.date : nil, began: began, ended: .now())
        } catch {
            return report(
                .failed(error.sentence, isUncertain: error.requestMayHaveBeenApplied), began)
        }
    }

    private func report(_ verdict: DeliveryVerdict, _ began: Moment) -> DeliveryReport {
        DeliveryReport(verdict, began: began, ended: .now())
    }

    private func findTarget() throws(CredentialsError) -> Target {
        if let known = target.withLock({ $0 }) { return known }
        let (region, address) = try resolve()
        let found = Target(region: region, address: address)
        target.withLock { $0 = found }
        return found
    }
}
