import Timepiece

/// Keys that AWS IoT Core lends for the certificate of a device.
///
/// Source: "Authorizing direct calls to AWS services using AWS IoT Core credential provider".
struct IoTSource: CredentialsSource {
    let certificate: IoTCertificate
    let transport: any Transport

    func load(at now: WallTime) throws(CredentialsError) -> Credentials? {
        let alias = PercentEncoding.encode(certificate.roleAlias)
        var request = HTTPRequest(
            method: "GET", url: "https://\(certificate.endpoint)/role-aliases/\(alias)/credentials",
            clientCertificate: certificate.certificate)
        if let name = certificate.thingName { request.setHeader("x-amzn-iot-thingname", name) }
        let origin = "the IoT credentials provider at \(certificate.endpoint)"
        let document = try transport.document(request, of: origin, within: .seconds(10))
        return try Credentials(
            document, in: ["credentials"], names: ["accessKeyId", "secretAccessKey", "sessionToken", "expiration"],
            needsAll: true, origin: origin)
    }
}
