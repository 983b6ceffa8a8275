import Testing
import Timepiece
@testable import TimepieceCloudWatch

struct CloudWatchTachometerTests {
    @Test func `Every interval of a loop arrives, the last part of a second too`() throws {
        let server = try FaultServer.get()
        let folder = SpoolFolder()
        let tachometer = try CWTachometer(
            .test(endpoint: server.address("none", "tachometer"), spool: folder.path))
        let start = MonotonicInstant.now()
        for tick in 0...100 { tachometer.tick(at: start.advanced(by: .milliseconds(33) * tick)) }
        tachometer.close(within: .seconds(20))
        #expect(tachometer.status.sent.samples == 100)
        #expect(try server.books("none", "tachometer").samples == 100)
    }

    @Test func `A bad namespace is refused`() {
        let error = #expect(throws: CloudWatchSettingsError.self) {
            try CloudWatchTachometer(namespace: "AWS/Video", dimensions: ["Device": "cam-01"])
        }
        #expect(error?.property == "cloudwatch-namespace")
    }
}
