import Testing

@testable import TimepieceCloudWatch

@Suite struct ServiceEndpointTests {
    private func address(
        _ variables: [String: String] = [:], region: String = "us-east-1", setting: String? = nil, plain: Bool = false
    ) throws -> String {
        let environment = Environment.bare(variables)
        return try ServiceEndpoint.address(
            of: .cloudWatch, in: try #require(Region(region)), setting: setting, allowsPlainHTTP: plain,
            environment: environment, configuration: try SharedConfiguration(profile: nil, environment: environment))
    }

    @Test func `each partition has its domain`() throws {
        #expect(try address() == "https://monitoring.us-east-1.amazonaws.com/")
        #expect(try address(region: "cn-north-1") == "https://monitoring.cn-north-1.amazonaws.com.cn/")
        #expect(try address(region: "us-gov-west-1") == "https://monitoring.us-gov-west-1.amazonaws.com/")
        #expect(try address(region: "us-isob-east-1") == "https://monitoring.us-isob-east-1.sc2s.sgov.gov/")
        #expect(try address(region: "eusc-de-east-1") == "https://monitoring.eusc-de-east-1.amazonaws.eu/")
    }

    @Test func `FIPS and dual-stack hosts are used if they are requested`() throws {
        #expect(
            try address(["AWS_USE_FIPS_ENDPOINT": "true"]) == "https://monitoring-fips.us-east-1.amazonaws.com/")
        #expect(try address(["AWS_USE_DUALSTACK_ENDPOINT": "true"]) == "https://monitoring.us-east-1.api.aws/")
        #expect(try address(["AWS_USE_FIPS_ENDPOINT": "false"]) == "https://monitoring.us-east-1.amazonaws.com/")
    }

    @Test func `every region of every partition has the hosts of botocore's rules`() throws {
        let oracle = try ServerProcess("endpoints_oracle.py")
        var count = 0
        while let line = oracle.line(), let document = JSONDocument(line) {
            let (name, region) = (document.string(["service"]) ?? "", document.string(["region"]) ?? "")
            let (fips, dual) = (document.string(["fips"]), document.string(["dual"]))
            var variables: [String: String] = [:]
            variables["AWS_USE_FIPS_ENDPOINT"] = fips
            variables["AWS_USE_DUALSTACK_ENDPOINT"] = dual
            let environment = Environment.bare(variables)
            let address = try ServiceEndpoint.address(
                of: name == "sts" ? .securityToken : .cloudWatch, in: try #require(Region(region)),
                environment: environment,
                configuration: try SharedConfiguration(profile: nil, environment: environment))
            let expected = (document.string(["address"]) ?? "") + "/"
            #expect(address == expected, "\(name) \(region), FIPS \(fips ?? ""), dual-stack \(dual ?? "")")
            count += 1
        }
        #expect(count >= 400)
    }

    @Test func `the setting comes before the variables, the service's own variable before the general one`() throws {
        let variables = ["AWS_ENDPOINT_URL_CLOUDWATCH": "https://b", "AWS_ENDPOINT_URL": "https://c"]
        #expect(try address(variables, setting: "https://a") == "https://a/")
        #expect(try address(variables) == "https://b/")
        #expect(try address(["AWS_ENDPOINT_URL": "https://c:8443/path"]) == "https://c:8443/path")
    }

    @Test func `variables are ignored if that is requested`() throws {
        let variables = ["AWS_ENDPOINT_URL": "https://c", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "True"]
        #expect(try address(variables) == "https://monitoring.us-east-1.amazonaws.com/")
        #expect(try address(variables, setting: "https://a") == "https://a/")
    }

    @Test func `plain http is for loopback unless it is allowed`() throws {
        #expect(try address(setting: "http://127.0.0.1:4566") == "http://127.0.0.1:4566/")
        #expect(try address(setting: "http://[::1]:4566/") == "http://[::1]:4566/")
        #expect(sentence { try address(setting: "http://emulator:4566") }?.contains("plain http") == true)
        #expect(sentence { try address(["AWS_ENDPOINT_URL": "http://h"]) }?.contains("AWS_ENDPOINT_URL") == true)
        #expect(try address(setting: "http://emulator:4566", plain: true) == "http://emulator:4566/")
    }

    @Test(arguments: ["host", "ftp://host", "https://", "https://me:s3cr3tw0rd@host", "https://host/?s3cr3tw0rd"])
    func `what is not an address is refused with a sentence that does not repeat it`(_ setting: String) {
        let reason = sentence { try address(setting: setting) }
        #expect(reason?.contains("endpoint-uri") == true)
        #expect(reason?.contains("s3cr3tw0rd") == false)
    }
}
