import Testing
import Timepiece

@testable import TimepieceCloudWatch

@Suite struct CredentialsSearchTests {
    private static var cases: [CredentialsOracle.Case] { (try? CredentialsOracle.shared.get().cases) ?? [] }

    private let oracle: CredentialsOracle

    init() throws {
        oracle = try CredentialsOracle.shared.get()
    }

    @Test func `botocore was run for more than 40 cases`() {
        #expect(oracle.cases.count > 40)
        #expect(oracle.cases.contains { $0.expected == .none })
    }

    @Test(arguments: cases)
    func `what botocore finds keys for passes the check before the start`(_ item: CredentialsOracle.Case) throws {
        let settings = CredentialsSettings(profile: item.profile, environment: item.environment)
        let reason = sentence { try settings.check(at: .now()) }
        #expect(item.expected == .none || reason == nil)
    }

    @Test(arguments: cases)
    func `the same files and environment give the same keys as botocore`(_ item: CredentialsOracle.Case) throws {
        let search = CredentialsSearch(
            settings: CredentialsSettings(profile: item.profile, environment: item.environment),
            transport: CurlTransport())
        let keys: Credentials
        do throws(CredentialsError) {
            keys = try search.run(at: WallTime.now())
        } catch {
            #expect(item.expected == .none, "\(error.sentence)")
            #expect(error.sentence.hasSuffix(".") && !error.sentence.contains("secret-"))
            return
        }
        guard case .caller(let expected) = item.expected else {
            #expect(item.expected == .keys(keys.accessKeyID, keys.secretAccessKey, keys.sessionToken))
            return
        }
        let caller = try oracle.caller(keys)
        #expect(caller.replacing(/timepiece-\d+/, with: "made-up") == expected)
        #expect(keys.expiration != nil)
    }
}
