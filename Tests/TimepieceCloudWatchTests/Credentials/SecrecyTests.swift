import Testing
import Timepiece

@testable import TimepieceCloudWatch

@Suite struct SecrecyTests {
    private static let secret = "s3cr3tw0rd"

    /// All texts that Swift makes of a value.
    private func texts(_ value: Any) -> [String] {
        var dumped = ""
        dump(value, to: &dumped)
        return ["\(value)", String(reflecting: value), String(describing: [value]), dumped]
    }

    @Test func `no description, reflection or dump has a secret`() throws {
        let environment = Environment(["AWS_SECRET_ACCESS_KEY": Self.secret, "AWS_SESSION_TOKEN": Self.secret])
        let keys = Credentials(
            accessKeyID: "AKIAEXAMPLE", secretAccessKey: Self.secret, sessionToken: Self.secret,
            expiration: WallTime(nanoseconds: 0))
        let settings = CredentialsSettings(
            accessKey: "AKIAEXAMPLE", secretAccessKey: Self.secret, sessionToken: Self.secret, environment: environment)
        let transport = StubTransport()
        let configuration = try SharedConfiguration(profile: nil, environment: .bare())
        let values: [Any] = [
            keys, settings, environment, Optional(keys) as Any, ["keys": keys], StaticSource(settings),
            StaticSource(environment), CredentialsSearch(settings: settings, transport: transport),
            ContainerSource(environment: environment, transport: transport),
            ProfileSources(settings: settings, configuration: configuration, transport: transport, runsPrograms: true),
        ]
        for text in values.flatMap({ texts($0) }) { #expect(!text.contains(Self.secret)) }
    }

    @Test func `the keys of the files are in no description`() throws {
        let folder = TemporaryFolder()
        let path = folder.write(
            "credentials", "[default]\naws_access_key_id = AKIA\naws_secret_access_key = \(Self.secret)\n")
        let environment = Environment.bare(["AWS_SHARED_CREDENTIALS_FILE": path])
        let configuration = try SharedConfiguration(profile: nil, environment: environment)
        #expect(configuration.profile["aws_secret_access_key"] == Self.secret)
        for text in texts(configuration) { #expect(!text.contains(Self.secret)) }
    }

    @Test func `the keys of a chain are in no description`() throws {
        let settings = CredentialsSettings(
            accessKey: "AKIAEXAMPLE", secretAccessKey: Self.secret, environment: .bare())
        let chain = CredentialsChain(settings: settings, transport: StubTransport())
        #expect(try chain.credentials(at: .now()).secretAccessKey == Self.secret)
        for text in texts(chain) { #expect(!text.contains(Self.secret)) }
    }

    @Test func `keys that are refused are not in the error`() throws {
        let broken = "\(Self.secret)\n"
        for settings in [
            CredentialsSettings(secretAccessKey: Self.secret, environment: .bare()),
            CredentialsSettings(accessKey: broken, secretAccessKey: Self.secret, environment: .bare()),
            CredentialsSettings(
                accessKey: "AKIA", secretAccessKey: Self.secret, sessionToken: broken, environment: .bare()),
        ] {
            let reason = sentence {
                try CredentialsSearch(settings: settings, transport: StubTransport()).run(at: .now())
            }
            #expect(reason?.hasSuffix(".") == true)
            #expect(reason?.contains(Self.secret) == false)
        }
    }

    @Test func `a malformed file is named by its line, not by its text`() throws {
        let folder = TemporaryFolder()
        let path = folder.write("credentials", "[default]\naws_secret_access_key \(Self.secret)\n")
        let environment = Environment.bare(["AWS_SHARED_CREDENTIALS_FILE": path])
        let reason = sentence { try SharedConfiguration(profile: nil, environment: environment) }
        #expect(reason == "Line 2 of the AWS file \(path) has no = between a name and a value.")
    }

    @Test func `a token that the token service repeats is not in the error`() throws {
        let folder = TemporaryFolder()
        let port = try CredentialsOracle.shared.get().port
        let environment = Environment.bare([
            "AWS_WEB_IDENTITY_TOKEN_FILE": folder.write("token", "bad \(Self.secret)"), "AWS_ROLE_ARN": "arn:role",
            "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:\(port)/sts",
        ])
        let settings = CredentialsSettings(environment: environment)
        let reason = sentence { try CredentialsSearch(settings: settings, transport: CurlTransport()).run(at: .now()) }
        #expect(reason?.contains("InvalidIdentityToken") == true)
        #expect(reason?.contains(Self.secret) == false)
    }

    @Test func `the output of a failed program is not in the error`() throws {
        let folder = TemporaryFolder()
        let script = folder.write("fail.sh", "echo \(Self.secret); echo \(Self.secret) >&2; exit 3")
        let source = ProcessSource(command: "/bin/sh \(script)", profileName: "p", environment: .bare())
        let reason = sentence { try source.load(at: .now()) }
        #expect(reason?.contains("ended with status 3") == true)
        #expect(reason?.contains(Self.secret) == false)
    }
}
