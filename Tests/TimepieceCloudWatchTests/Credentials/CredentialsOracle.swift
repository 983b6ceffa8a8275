import Testing
import Timepiece

@testable import TimepieceCloudWatch

/// Botocore's answers, from Tests/Servers/credentials_oracle.py, and the servers that its cases lead to.
struct CredentialsOracle: Sendable {
    /// The files and the environment of a case, and what botocore makes of them.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let environment: Environment
        let profile: String?
        let expected: Answer

        var testDescription: String { name }
    }

    /// The result of a case: keys, or the identity behind the keys if they are new each time.
    enum Answer: Sendable, Equatable {
        case keys(String, String, String?)
        case caller(String)
        case none
    }

    let process: ServerProcess
    let tokenService: String
    let user: Credentials
    /// The port of the services that lend keys.
    let port: Int64
    /// The port of IoT's credentials provider.
    let mutual: Int64
    let authority: String
    let device: (certificate: String, key: String)
    let impostor: (certificate: String, key: String)
    let cases: [Case]

    static let shared = Result { try CredentialsOracle() }

    private init() throws {
        process = try ServerProcess("credentials_oracle.py")
        let servers = try process.document()
        func text(_ name: String) -> String { servers.string([name]) ?? "" }
        tokenService = text("sts")
        user = Credentials(accessKeyID: text("user"), secretAccessKey: text("secret"))
        port = servers.integer(["port"]) ?? 0
        mutual = servers.integer(["mutual"]) ?? 0
        authority = text("authority")
        device = (text("device"), text("deviceKey"))
        impostor = (text("impostor"), text("impostorKey"))
        var cases: [Case] = []
        while case let line = try process.document(), let name = line.string(["name"]) {
            cases.append(Self.read(line, name))
        }
        self.cases = cases
    }

    private static func read(_ line: JSONDocument, _ name: String) -> Case {
        var variables: [String: String] = [:]
        for entry in (line.string(["environment"]) ?? "").split(separator: "\u{1f}") {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            variables[String(parts[0])] = String(parts[1])
        }
        var expected = Answer.none
        if let caller = line.string(["caller"]) {
            expected = .caller(caller)
        } else if let key = line.string(["accessKeyID"]), let secret = line.string(["secretAccessKey"]) {
            expected = .keys(key, secret, line.string(["sessionToken"]))
        }
        let profile = line.string(["profile"]) ?? ""
        return Case(
            name: name, environment: Environment(variables), profile: profile.isEmpty ? nil : profile,
            expected: expected)
    }

    /// Asks moto for the identity of the keys.
    func caller(_ keys: Credentials) throws -> String {
        var request = HTTPRequest(
            method: "POST", url: tokenService,
            headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
            body: Array("Action=GetCallerIdentity&Version=2011-06-15".utf8))
        Signer.sign(&request, with: keys, region: "us-east-1", service: "sts", at: WallTime.now())
        let reply = String(decoding: try CurlTransport().send(request).body, as: UTF8.self)
        return XMLText.element("Arn", in: reply) ?? reply
    }
}
