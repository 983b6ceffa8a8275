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
        #expect(try kept("fleet.yaml") == FleetAlarm(names: names).cloudFormation)
        #expect(try kept("policy.json") == PublishingPolicy.document(namespace: names.namespace))
    }

    private func kept(_ name: String) throws -> String {
        let folder = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        return try String(contentsOfFile: "/\(folder)/pipelines/cloudwatch/\(name)", encoding: .utf8)
    }

    @Test(arguments: [[], ["--watch", "--interval", "300"], ["--namespace", "My Cameras"]])
    func `the alarm for a fleet queries stalls, ages and silent series in each format`(arguments: [String]) throws {
        let alarm = FleetAlarm(names: try CloudWatchNames.parse(arguments))
        let age = arguments.contains("--watch") ? "timepiece.oldest_in_flight" : "timepiece.last_buffer_age"
        let limit = arguments.contains("300") ? 300 : 60
        let namespace = arguments.contains("My Cameras") ? "My Cameras" : "GStreamer/Video"
        for text in [alarm.cloudFormation, alarm.terraform, alarm.commands.replacing("\\\"", with: "\"")] {
            #expect(text.contains("{\"timepiece.stalled\", Namespace=\"\(namespace)\"} > 0"))
            #expect(text.contains("{\"\(age)\", Namespace=\"\(namespace)\"} > \(limit)"))
            #expect(text.contains("[1h]) unless {\"\(age)\""))
            #expect(!text.contains("TreatMissingData"))
        }
        let criteria = try #require(alarm.commands.split(separator: "'").first { $0.hasPrefix("{") })
        #expect(try JSONParser.parse(criteria.utf8)["PromQLCriteria"]?["Query"] != nil)
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
    func `any device's name makes names of dashboards and resources that AWS accepts`(device: String) throws {
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
        (["--minimum-fps", "10"], "0.05", "10"), (["--fps", "30000/1001"], "0.05005", "23.976024"),
        (["--minimum-fps", "25/2"], "0.05", "12.5"), (["--watch"], "0.033333", "24"),
        (["--watch", "--budget", "0.02"], "0.02", "24"),
    ])
    func `thresholds follow the rate unless they are given`(
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

    /// What has a meaning in each of the languages that the files are written in.
    private static let quoted = #"Kate's "front" cam: a\b ${x} %{y} `id` #{z}"#

    @Test func `a device's name may have quotes and dollar signs, which are kept in each file`() throws {
        let names = try CloudWatchNames.parse(["--device", Self.quoted])
        let body = try JSONParser.parse(DashboardBody(names, region: "x").text.utf8)
        guard case .array(let variables)? = body["variables"] else {
            Issue.record("no variables")
            return
        }
        #expect(variables[0]["defaultValue"] == .string(Self.quoted))
        #expect(
            CloudFormationTemplate.alarms(names).contains(#"Default: "Kate's \"front\" cam: a\\b ${x} %{y} `id` #{z}""#)
        )
        #expect(
            TerraformConfiguration.alarms(names).contains(
                #"{ "Device" = "Kate's \"front\" cam: a\\b $${x} %%{y} `id` #{z}", "#))
        #expect(
            AlarmCommands.script(names).contains(
                #"--alarm-name 'timepiece-Kate'\''s "front" cam: a\b ${x} %{y} `id` #{z}-tick-slow'"#))
    }

    @Test func `devices that differ only in special characters are different resources of Terraform`() throws {
        let resources = try ["cam.1", "cam-1", "cam 1", "cam_1", "cam:1"].map { device in
            TerraformConfiguration.alarms(try CloudWatchNames.parse(["--device", device])).split(separator: "\n").first
            {
                $0.hasPrefix("resource")
            }
        }
        #expect(Set(resources).count == 5)
    }

    @Test func `alarms whose names would be too long for CloudWatch are refused`() {
        let device = String(repeating: "d", count: 240)
        #expect(throws: (any Error).self) { try AlarmsCommand.parse(["--device", device]) }
        #expect(throws: Never.self) { try DashboardCommand.parse(["--device", device]) }
    }

    @Test(arguments: ["", "   ", "a\nb", "kamera-ü", String(repeating: "x", count: 1025)])
    func `names that CloudWatch or the files do not accept are refused`(name: String) {
        #expect(throws: (any Error).self) { try CloudWatchNames.parse(["--device", name]) }
    }

    @Test(arguments: [
        ["--budget=0"], ["--budget=-1"], ["--budget=fast"], ["--budget=1e3"], ["--budget=nan"], ["--budget=0.0333"],
        ["--fps=0"], ["--fps=30/0"], ["--fps=/1"], ["--fps=1/2/3"], ["--namespace=a\"b"], ["--metric-name=${x}"],
        ["--interval=45"], ["--interval=90"], ["--interval=0"], ["--dimension=Site"], ["--dimension==x"],
        ["--dimension=A=1", "--dimension=A=2"], ["--namespace=:a"], ["--namespace=AWS/EC2"], ["--region=EU"],
        ["--warm-up=2881"],
    ])
    func `what makes no sense is refused`(arguments: [String]) {
        #expect(throws: (any Error).self) { try CloudWatchNames.parse(arguments) }
    }
}
