import ArgumentParser
import Foundation
import Testing

@testable import TimepieceTool

@Suite struct CloudWatchFilesTests {
    private let names = ["--namespace", "Site/North", "--device", "gate 7", "--label", "decoded"]

    private func dashboard(_ arguments: [String]) throws -> String {
        DashboardBody(try CloudWatchNames.parse(arguments), region: "eu-west-1").text
    }

    @Test func `the files that are kept with the examples are what the tool makes`() throws {
        let names = try CloudWatchNames.parse([])
        #expect(try kept("template.yaml") == CloudFormationTemplate.alarms(names))
        #expect(try kept("commands.sh") == AlarmCommands.script(names))
        #expect(try kept("alarms.tf") == TerraformConfiguration.alarms(names))
        #expect(try kept("dashboard.json") == DashboardBody(names, region: "us-east-1").text)
        #expect(try kept("policy.json") == PublishingPolicy.document(namespace: names.namespace))
    }

    private func kept(_ name: String) throws -> String {
        let folder = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        return try String(contentsOfFile: "/\(folder)/pipelines/cloudwatch/\(name)", encoding: .utf8)
    }

    @Test func `the dashboard is JSON with the user's names`() throws {
        let text = try dashboard(names)
        let body = try JSONParser.parse(text.utf8)
        #expect(body["widgets"] != nil)
        #expect(text.contains(#""Device", "gate 7", "Label", "decoded""#))
        #expect(text.contains("\"eu-west-1\""))
    }

    @Test func `every dimension is in each metric, in the search and has a menu`() throws {
        let text = try dashboard(names + ["--dimension", "Site=north", "--dimension", "Line=2=b"])
        _ = try JSONParser.parse(text.utf8)
        #expect(text.contains(#""Device", "gate 7", "Site", "north", "Line", "2=b", "Label", "decoded""#))
        #expect(text.contains("{Site/North,Device,Site,Line,Label}"))
        for name in ["Device", "Site", "Line", "Label"] { #expect(text.contains(#""populateFrom": "\#(name)""#)) }
    }

    @Test(arguments: [
        ("GStreamer/Video", "{GStreamer/Video,Device,Label}"), ("My Cameras", #"{"My Cameras",Device,Label}"#),
        ("my-cameras", #"{"my-cameras",Device,Label}"#), ("4cams", #"{"4cams",Device,Label}"#),
        ("a.b", #"{"a.b",Device,Label}"#),
    ])
    func `a search quotes a namespace that is not plain`(namespace: String, schema: String) throws {
        #expect(try CloudWatchNames.parse(["--namespace", namespace]).series.searchSchema == schema)
        _ = try JSONParser.parse(try dashboard(["--namespace", namespace]).utf8)
    }

    @Test(arguments: ["AA:BB:CC:DD:EE:FF", "cam.front.local", "cam 1", "a/b", "x(1),y=2", "[::1]", "#;&|<>*?!~%"])
    func `any device's name makes names of dashboards and resources that AWS takes`(device: String) throws {
        let names = try CloudWatchNames.parse(["--device", device, "--namespace", "Cams 1/\(device)"])
        let plain: (Character) -> Bool = { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
        #expect(names.series.dashboardName.allSatisfy(plain))
        #expect(names.series.alarmPrefix.contains(device))
        for line in TerraformConfiguration.alarms(names).split(separator: "\n") where line.hasPrefix("resource") {
            let name = line.split(separator: "\"")[3]
            #expect(name.allSatisfy { plain($0) && $0 != "-" })
        }
        _ = try JSONParser.parse(DashboardBody(names, region: "x").text.utf8)
    }

    @Test func `two streams of a device share a dashboard and no alarm`() throws {
        let first = try CloudWatchNames.parse(["--label", "a"]).series
        let second = try CloudWatchNames.parse(["--label", "b"]).series
        #expect(first.dashboardName == second.dashboardName)
        #expect(first.alarmPrefix != second.alarmPrefix)
    }

    @Test func `the policy allows the user's namespace`() throws {
        for text in [PublishingPolicy.document(namespace: "Site/North")] {
            #expect(text.contains("\"Site/North\""))
            #expect(throws: Never.self) { try JSONParser.parse(text.utf8) }
        }
        #expect(PublishingPolicy.terraform(namespace: "Site/North").contains("\"timepiece-Site-North\""))
    }

    @Test func `the template's parameters default to the user's names`() throws {
        let text = CloudFormationTemplate.alarms(
            try CloudWatchNames.parse(names + ["--fps", "15", "--dimension", "Site=north"]))
        for value in ["\"Site/North\"", "\"gate 7\"", "\"north\"", "\"decoded\"", "0.1", "12"] {
            #expect(text.contains("    Default: \(value)\n"))
        }
        #expect(text.contains(#"{Name: "Site", Value: !Ref Site}"#))
    }

    @Test(arguments: [
        ([], "0.05", "24"), (["--fps", "25"], "0.06", "20"), (["--fps", "15"], "0.1", "12"),
        (["--fps", "29.97"], "0.05005", "23.976"), (["--budget", "2"], "0.066667", "24"),
        (["--minimum-fps", "10"], "0.05", "10"), (["--watch"], "0.033333", "24"),
        (["--watch", "--budget", "0.02"], "0.02", "24"),
    ])
    func `thresholds follow the rate unless something else is said`(
        arguments: [String], budget: String, minimumFps: String
    ) throws {
        let names = try CloudWatchNames.parse(arguments)
        #expect(names.budgetSeconds == budget)
        #expect(names.minimumFpsText == minimumFps)
    }

    @Test func `the period follows the interval`() throws {
        #expect(try CloudWatchNames.parse(["--interval", "10"]).period == 60)
        #expect(try CloudWatchNames.parse(["--interval", "240"]).period == 240)
        let alarms = MetricAlarm.all(period: 240, isWatch: false)
        #expect(alarms[0].description.contains("16 to 24 minutes"))
    }

    @Test(arguments: ["", "   ", "a\"b", "a\nb", "${x}", "kamera-ü", String(repeating: "x", count: 1025)])
    func `names that CloudWatch or the files do not take are refused`(name: String) {
        #expect(throws: (any Error).self) { try CloudWatchNames.parse(["--device", name]) }
    }

    @Test(arguments: [
        ["--budget=0"], ["--budget=-1"], ["--budget=fast"], ["--budget=1e3"], ["--budget=nan"], ["--budget=0.0333"],
        ["--fps=0"], ["--interval=45"], ["--interval=90"], ["--interval=0"], ["--dimension=Site"], ["--dimension==x"],
        ["--dimension=A=1", "--dimension=A=2"], ["--namespace=:a"], ["--namespace=AWS/EC2"], ["--region=EU"],
        ["--warm-up=2881"],
    ])
    func `what makes no sense is refused`(arguments: [String]) {
        #expect(throws: (any Error).self) { try CloudWatchNames.parse(arguments) }
    }
}
