import Testing

@testable import TimepieceCloudWatch

@Suite struct SharedConfigurationTests {
    private let folder = TemporaryFolder()

    private func read(config: String = "", credentials: String = "", profile: String? = nil) throws
        -> SharedConfiguration
    {
        let environment = Environment([
            "AWS_CONFIG_FILE": folder.write("config", config),
            "AWS_SHARED_CREDENTIALS_FILE": folder.write("credentials", credentials),
        ])
        return try SharedConfiguration(profile: profile, environment: environment)
    }

    @Test func `options of the credentials file override those of the configuration file`() throws {
        let shared = try read(config: "[profile a]\nx = 1\ny = 1\n", credentials: "[a]\ny = 2\nz = 2\n", profile: "a")
        #expect(shared.profile == ["x": "1", "y": "2", "z": "2"])
    }

    @Test func `a profile that is missing is named with both files`() {
        let reason = sentence { try read(profile: "cam") }
        #expect(reason?.contains("\"cam\"") == true)
        #expect(reason?.contains("\(folder.path)/config") == true)
        #expect(reason?.contains("\(folder.path)/credentials") == true)
    }

    @Test func `without files there is an empty default profile`() throws {
        let shared = try SharedConfiguration(profile: nil, environment: .bare())
        #expect(shared.profileName == "default")
        #expect(shared.profile.isEmpty)
    }

    @Test func `a file that is too long is refused with a sentence`() {
        let reason = sentence { try read(config: String(repeating: "#\n", count: 600_000)) }
        #expect(reason?.contains("is longer than the 1048576 bytes that are read") == true)
    }
}
