import Testing

@testable import TimepieceCloudWatch

@Suite struct CloudWatchDiagnosisTests {
    private func settings(
        _ fault: String, account: String = "doctor", _ change: (inout CloudWatchSettings) -> Void = { _ in }
    ) throws -> CloudWatchSettings {
        let server = try FaultServer.get()
        var settings = CloudWatchSettings.test(endpoint: server.address(fault, account), spool: "none")
        change(&settings)
        return settings
    }

    private func finding(_ topic: String, in diagnosis: CloudWatchDiagnosis) -> CloudWatchDiagnosis.Finding? {
        diagnosis.findings.first { $0.topic == topic }
    }

    @Test func `all is good if the service accepts a signed request, and no metric is made`() throws {
        let diagnosis = CloudWatchDiagnosis(try settings("none", account: "one-request"))
        #expect(diagnosis.isGood, "\(diagnosis.findings)")
        #expect(finding("region", in: diagnosis)?.text.contains("us-east-1") == true)
        #expect(finding("keys", in: diagnosis)?.text.contains("the parameters") == true)
        let books = try FaultServer.get().books("none", "one-request")
        #expect(books.requests == 1 && books.data == 0 && books.problems.isEmpty)
    }

    @Test func `keys that may not publish are reported in the service's own words`() throws {
        let diagnosis = CloudWatchDiagnosis(try settings("denied"))
        let request = try #require(finding("request", in: diagnosis))
        #expect(!diagnosis.isGood && request.verdict == .bad)
        #expect(request.text.contains("is not authorized to perform: cloudwatch:PutMetricData"))
        #expect(request.advice?.contains("timepiece policy") == true)
    }

    @Test func `a wrong clock is doubtful, since requests are signed by the service's`() throws {
        let diagnosis = CloudWatchDiagnosis(try settings("clock"))
        #expect(finding("clock", in: diagnosis)?.verdict == .doubtful)
    }

    @Test func `a missing setting is bad, and the rest is checked nevertheless`() throws {
        let diagnosis = CloudWatchDiagnosis(
            try settings("none") {
                $0.region = nil
                $0.accessKey = nil
                $0.secretAccessKey = nil
                $0.sessionToken = nil
            })
        #expect(finding("region", in: diagnosis)?.verdict == .bad)
        #expect(finding("keys", in: diagnosis)?.verdict == .bad)
        #expect(finding("request", in: diagnosis) == nil)
    }

    @Test func `no finding contains a secret`() throws {
        let diagnosis = CloudWatchDiagnosis(
            try settings("none") {
                $0.secretAccessKey = testSecret + "\n"
                $0.environment = .bare(["HTTP_PROXY": "http://me:\(testToken)@127.0.0.1:1"])
            })
        #expect(finding("keys", in: diagnosis)?.verdict == .doubtful)
        let text = diagnosis.findings.map { "\($0.text) \($0.advice ?? "")" }.joined()
        #expect(!text.contains(testSecret) && !text.contains(testToken))
    }
}
