import Testing

@testable import TimepieceCloudWatch

@Suite struct RegionTests {
    @Test(arguments: ["us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1", "x"])
    func `regions are names of hosts`(_ name: String) {
        #expect(Region(name)?.name == name)
    }

    @Test(arguments: [
        "", "-a", "a-", "a.b", "a/b", "a@b", "EU", "a b", "a\n", "1", "ä", String(repeating: "a", count: 64),
        "us-east-1.example.com/#",
    ])
    func `a name that could lead to another host is refused`(_ name: String) {
        #expect(Region(name) == nil)
    }

    private func resolve(
        _ variables: [String: String], setting: String? = nil, profile: String? = nil,
        transport: any Transport = StubTransport(status: 500)
    ) throws -> String {
        let resolver = RegionResolver(
            setting: setting, profile: profile, environment: .bare(variables), transport: transport)
        return try resolver.resolve().name
    }

    @Test func `the setting comes before AWS_REGION, AWS_DEFAULT_REGION and the profile`() throws {
        let folder = TemporaryFolder()
        var variables = [
            "AWS_REGION": "b", "AWS_DEFAULT_REGION": "c",
            "AWS_CONFIG_FILE": folder.write("config", "[default]\nregion = d\n[profile e]\nregion = e\n"),
        ]
        #expect(try resolve(variables, setting: "a") == "a")
        #expect(try resolve(variables) == "b")
        variables["AWS_REGION"] = ""
        #expect(try resolve(variables) == "c")
        variables["AWS_DEFAULT_REGION"] = nil
        #expect(try resolve(variables) == "d")
        #expect(try resolve(variables, profile: "e") == "e")
    }

    @Test func `a name that is not a region is refused with its place`() {
        #expect(sentence { try resolve(["AWS_REGION": "a.b"]) }?.contains("AWS_REGION") == true)
        #expect(sentence { try resolve([:], setting: "a/b") }?.contains("property region") == true)
    }

    @Test func `without any region the sentence says where to set one`() {
        #expect(sentence { try resolve([:]) }?.contains("AWS_REGION") == true)
    }

    @Test func `the setting uses neither files nor services`() throws {
        let transport = StubTransport(status: 500)
        #expect(try resolve(["AWS_PROFILE": "none"], setting: "a", transport: transport) == "a")
        #expect(transport.requests.isEmpty)
    }
}
