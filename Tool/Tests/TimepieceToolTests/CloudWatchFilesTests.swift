import ArgumentParser
import Testing

@testable import TimepieceTool

@Suite struct CloudWatchFilesTests {
    private let names = ["--namespace", "Site/North", "--device", "gate 7", "--label", "decoded", "--budget", "0.04"]

    @Test func `the dashboard is JSON with the user's names and no placeholder left`() throws {
        let text = CloudWatchFiles.dashboard(try CloudWatchNames.parse(names))
        let dashboard = try JSONParser.parse(text.utf8)
        #expect(dashboard["widgets"] != nil)
        #expect(text.contains("gate 7"))
        #expect(!text.contains("${"))
    }

    @Test func `the policy allows the user's namespace`() throws {
        let text = CloudWatchFiles.policy(try CloudWatchNames.parse(names))
        #expect(text.contains("\"Site/North\""))
        #expect(!text.contains("GStreamer/Video"))
        #expect(throws: Never.self) { try JSONParser.parse(text.utf8) }
    }

    @Test func `the template's parameters default to the user's names`() throws {
        let text = CloudWatchFiles.template(try CloudWatchNames.parse(names + ["--minimum-fps", "12"]))
        for value in ["\"Site/North\"", "\"gate 7\"", "\"decoded\"", "\"0.04\"", "12"] {
            #expect(text.contains("    Default: \(value)\n"))
        }
    }

    @Test(arguments: ["", "   ", "a\"b", "a\nb", "${x}", ":a", "kamera-ü", String(repeating: "x", count: 256)])
    func `names that CloudWatch does not take are refused`(name: String) {
        #expect(throws: (any Error).self) { try CloudWatchNames.parse(["--device", name]) }
    }

    @Test(arguments: ["0", "-1", "fast", "1e3", "nan"])
    func `a budget that is no time is refused`(budget: String) {
        #expect(throws: (any Error).self) { try CloudWatchNames.parse(["--budget=\(budget)"]) }
    }
}
