import Timepiece

/// The certificate of a device with AWS IoT Core and the role that it is exchanged for, with kvssink's names.
package struct IoTCertificate: Sendable, Equatable {
    /// The account's endpoint of the credentials provider, a host with or without a port.
    package let endpoint: String
    /// The files of the certificate.
    package let certificate: ClientCertificate
    /// The role alias.
    package let roleAlias: String
    /// The name of the thing; nil if the role's policies do not require it.
    package let thingName: String?

    /// Takes the fields of the property `iot-certificate`: `endpoint`, `cert-path`, `key-path`, `role-aliases`, and
    /// maybe `ca-path` and `iot-thing-name`.
    ///
    /// - Throws: if a field is missing, unknown or invalid.
    package init(fields: [String: String], names: SettingNames = .properties) throws(CredentialsError) {
        let property = names("iot-certificate")
        let known = ["endpoint", "cert-path", "key-path", "ca-path", "role-aliases", "iot-thing-name"]
        if let unknown = fields.keys.sorted().first(where: { !known.contains($0) }) {
            throw CredentialsError(
                "\(property) has a field \"\(unknown)\"; it may have \(known.joined(separator: ", ")).")
        }
        func required(_ name: String) throws(CredentialsError) -> String {
            guard let value = fields[name], !value.isEmpty else {
                throw CredentialsError("\(property) needs the field \(name).")
            }
            return value
        }
        endpoint = try required("endpoint")
        certificate = ClientCertificate(
            certificatePath: try required("cert-path"), keyPath: try required("key-path"),
            authoritiesPath: fields["ca-path"].flatMap { $0.isEmpty ? nil : $0 })
        roleAlias = try required("role-aliases")
        thingName = fields["iot-thing-name"].flatMap { $0.isEmpty ? nil : $0 }
        guard let parts = URLParts("https://\(endpoint)"), parts.authority == endpoint.lowercased() else {
            throw CredentialsError(
                "The endpoint of \(property) is not a host, such as name.credentials.iot.region.amazonaws.com.")
        }
        guard Self.isName(roleAlias, "=,@-_"), Self.isName(thingName ?? "-", ":-_") else {
            throw CredentialsError(
                "role-aliases and iot-thing-name of \(property) may have letters, digits, \"-\", \"_\" and few more."
            )
        }
    }

    private static func isName(_ text: String, _ others: String) -> Bool {
        text.count <= 128 && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) || others.contains($0) }
    }
}

/// Keys that AWS IoT Core issues for the certificate of a device.
///
/// Source: "Authorizing direct calls to AWS services using AWS IoT Core credential provider".
struct IoTSource: CredentialsSource {
    let certificate: IoTCertificate
    let transport: any Transport

    var name: String { "AWS IoT Core" }

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
