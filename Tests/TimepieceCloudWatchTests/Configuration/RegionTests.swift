import Testing

@testable import TimepieceCloudWatch

@Suite struct RegionTests {
    @Test("regions are names of hosts", arguments: ["us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1", "x"])
    func accepts(_ name: String) {
        #expect(Region(name)?.name == name)
    }

    @Test(
        "what could lead to another host is refused",
        arguments: [
            "", "-a", "a-", "a.b", "a/b", "a@b", "EU", "a b", "a\n", "1", "ä", String(repeating: "a", count: 64),
            "us-east-1.example.com/#",
        ])
    func refuses(_ name: String) {
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

    @Test("the setting comes before AWS_REGION, AWS_DEFAULT_REGION and the profile") func prefersSetting() throws {
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

    @Test("a name that is no region is refused with its place") func refusesName() {
        #expect(sentence { try resolve(["AWS_REGION": "a.b"]) }?.contains("AWS_REGION") == true)
        #expect(sentence { try resolve([:], setting: "a/b") }?.contains("property region") == true)
    }

    @Test("without any region the sentence says where to set one") func advises() {
        #expect(sentence { try resolve([:]) }?.contains("AWS_REGION") == true)
    }

    @Test("the setting asks neither files nor services") func asksNobody() throws {
        let transport = StubTransport(status: 500)
        #expect(try resolve(["AWS_PROFILE": "none"], setting: "a", transport: transport) == "a")
        #expect(transport.requests.isEmpty)
    }
}
