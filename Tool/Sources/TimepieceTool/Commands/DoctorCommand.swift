import ArgumentParser
import CGStreamer
import TimepieceCloudWatch

/// Checks the prerequisites of publishing, and reports what is missing.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look whether metrics of this machine would arrive at CloudWatch, and say what to do if not.",
        discussion: """
            Run it as the user and with the environment of the pipeline. It sends one signed request without data, so no \
            metric is made. It ends with 0 only if metrics would arrive, with 4 if not.
            """)

    @Option(help: "The property cloudwatch-namespace.")
    var namespace = "GStreamer/Video"

    @Option(help: "The property region.")
    var region: String?

    @Option(help: "The property profile.")
    var profile: String?

    @Option(help: "The property endpoint-uri.")
    var endpointUri: String?

    @Option(help: "The property iot-certificate, for a device that gets its keys by a certificate.")
    var iotCertificate: String?

    @Option(help: "The property cloudwatch-spool.")
    var spool: String?

    @Flag(help: "The property cloudwatch-allow-http.")
    var allowHttp = false

    @Flag(help: "Write JSON.")
    var json = false

    private struct Line {
        let topic: String
        let verdict: CloudWatchDiagnosis.Finding.Verdict
        let text: String
        let advice: String?
    }

    func run() throws {
        var settings = CloudWatchSettings(namespace: namespace)
        settings.region = region
        settings.profile = profile
        settings.endpointURI = endpointUri
        settings.iotCertificate = iotCertificate.map(Self.fields)
        settings.spool = spool
        settings.allowsPlainHTTP = allowHttp
        let lines =
            Self.plugin()
            + CloudWatchDiagnosis(settings).findings.map {
                Line(topic: $0.topic, verdict: $0.verdict, text: $0.text, advice: $0.advice)
            }
        let isGood = lines.allSatisfy { $0.verdict != .bad }
        if json { try write(lines, isGood) } else { try show(lines, isGood) }
        if !isGood { throw ExitCode(4) }
    }

    /// The fields of a structure of texts, `name,field=text,field=(string)"text"`, as GStreamer writes it.
    static func fields(_ structure: String) -> [String: String] {
        var fields: [String: String] = [:]
        var isQuoted = false
        let parts = structure.split { character in
            if character == "\"" { isQuoted.toggle() }
            return character == "," && !isQuoted
        }
        for part in parts where part.contains("=") {
            let name = part.prefix { $0 != "=" }.filter { $0 != " " }
            var text = part.drop { $0 != "=" }.dropFirst().drop { $0 == " " }
            if text.hasPrefix("(string)") { text = text.dropFirst("(string)".count) }
            fields[name] = text.filter { $0 != "\"" }
        }
        return fields
    }

    /// GStreamer, and the plugin in it.
    private static func plugin() -> [Line] {
        do throws(Failure) {
            try Pipeline.startGStreamer()
        } catch {
            return [
                Line(
                    topic: "plugin", verdict: .bad, text: error.description,
                    advice: "Set GST_PLUGIN_PATH to the folder of libgsttimepiece.so, or install the package.")
            ]
        }
        let version = unsafe gst_version_string().map { version in
            defer { unsafe g_free(version) }
            return unsafe String(cString: version)
        }
        var lines = [Line(topic: "gstreamer", verdict: .good, text: "\(version ?? "GStreamer") is there.", advice: nil)]
        if let plugin = unsafe gst_registry_find_plugin(gst_registry_get(), "timepiece") {
            defer { unsafe gst_object_unref(UnsafeMutableRawPointer(plugin)) }
            let number = unsafe gst_plugin_get_version(plugin).map { unsafe String(cString: $0) } ?? "?"
            let file = unsafe gst_plugin_get_filename(plugin).map { unsafe String(cString: $0) } ?? "the program itself"
            lines.append(
                Line(topic: "plugin", verdict: .good, text: "The plugin \(number) is \(file).", advice: nil))
        }
        return lines
    }

    private func show(_ lines: [Line], _ isGood: Bool) throws(Failure) {
        let style = ScreenStyle.current(isTerminal: TextOutput.standard.isTerminal)
        for line in lines {
            let (mark, color): (String, ScreenStyle.Color) =
                switch line.verdict {
                case .good: ("ok", .green)
                case .doubtful: ("doubtful", .yellow)
                case .bad: ("wrong", .red)
                }
            let topic = line.topic + String(repeating: " ", count: max(1, 14 - line.topic.count))
            let padded = mark + String(repeating: " ", count: max(1, 10 - mark.count))
            try TextOutput.standard.line(topic + style.paint(padded, color) + line.text)
            if let advice = line.advice { try TextOutput.standard.line(String(repeating: " ", count: 24) + advice) }
        }
        try TextOutput.standard.line(isGood ? "Metrics would arrive." : "Metrics would not arrive.")
    }

    private func write(_ lines: [Line], _ isGood: Bool) throws(Failure) {
        let findings = lines.map { line in
            JSONValue.object([
                .init("topic", .string(line.topic)), .init("verdict", .string(line.verdict.rawValue)),
                .init("text", .string(line.text)), .init("advice", line.advice.map { .string($0) } ?? .null),
            ])
        }
        try TextOutput.standard.line(
            JSONValue.object([.init("good", .bool(isGood)), .init("findings", .array(findings))]).text)
    }
}
