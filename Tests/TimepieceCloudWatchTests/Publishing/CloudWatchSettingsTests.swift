import Testing
import Timepiece
@testable import TimepieceCloudWatch

struct CloudWatchSettingsTests {
    /// A change to good settings, the property that is to be named, and a part of the sentence.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let property: String
        let sentence: String
        let make: @Sendable (inout CloudWatchSettings) -> Void

        init(
            _ name: String, _ property: String, _ sentence: String,
            _ make: @escaping @Sendable (inout CloudWatchSettings) -> Void
        ) {
            testDescription = name
            self.property = property
            self.sentence = sentence
            self.make = make
        }
    }

    static let mistakes: [Mistake] = [
        Mistake("no namespace", "cloudwatch-namespace", "has 0 characters; CloudWatch allows 1 to 255") {
            $0.namespace = ""
        },
        Mistake("long namespace", "cloudwatch-namespace", "has 256 characters") {
            $0.namespace = String(repeating: "n", count: 256)
        },
        Mistake("reserved namespace", "cloudwatch-namespace", "begins with \":\" or \"AWS/\"") {
            $0.namespace = "AWS/EC2"
        },
        Mistake("colon", "cloudwatch-namespace", "begins with \":\" or \"AWS/\"") { $0.namespace = ":x" },
        Mistake("umlaut", "cloudwatch-namespace", "not printable ASCII") { $0.namespace = "Fähre" },
        Mistake("line break", "cloudwatch-metric-name", "not printable ASCII") { $0.metricName = "a\nb" },
        Mistake("no metric name", "cloudwatch-metric-name", "has 0 characters") { $0.metricName = "" },
        Mistake("long metric name", "cloudwatch-metric-name", "has 300 characters") {
            $0.metricName = String(repeating: "m", count: 300)
        },
        Mistake(
            "31 dimensions", "cloudwatch-dimensions", "There are 31 dimensions, Label included; CloudWatch allows 30"
        ) {
            $0.dimensions = (1...30).map { (name: "d\($0)", value: "v") }
            $0.label = "cam"
        },
        Mistake("unnamed dimension", "cloudwatch-dimensions", "A dimension's name has 0") {
            $0.dimensions = [(name: "", value: "v")]
        },
        Mistake("long dimension name", "cloudwatch-dimensions", "A dimension's name has 256") {
            $0.dimensions = [(name: String(repeating: "d", count: 256), value: "v")]
        },
        Mistake("dimension with a colon", "cloudwatch-dimensions", "begins with \":\"") {
            $0.dimensions = [(name: ":d", value: "v")]
        },
        Mistake("empty value", "cloudwatch-dimensions", "The value of the dimension \"Device\" has 0") {
            $0.dimensions = [(name: "Device", value: "")]
        },
        Mistake("long value", "cloudwatch-dimensions", "has 1025 characters; CloudWatch allows 1 to 1024") {
            $0.dimensions = [(name: "Device", value: String(repeating: "v", count: 1025))]
        },
        Mistake("blank value", "cloudwatch-dimensions", "is blank") { $0.dimensions = [(name: "Device", value: "  ")] },
        Mistake("value in Greek", "cloudwatch-dimensions", "not printable ASCII") {
            $0.dimensions = [(name: "Device", value: "κάμερα")]
        },
        Mistake("same name twice", "cloudwatch-dimensions", "is given twice") {
            $0.dimensions = [(name: "Device", value: "a"), (name: "Device", value: "b")]
        },
        Mistake("label in Greek", "label", "not printable ASCII") { $0.label = "κάμερα" },
        Mistake("no interval", "cloudwatch-interval", "whole seconds from 1 to 86400") { $0.interval = .zero },
        Mistake("half a second", "cloudwatch-interval", "is 0.5 s") { $0.interval = .milliseconds(500) },
        Mistake("two days", "cloudwatch-interval", "whole seconds from 1 to 86400") { $0.interval = .seconds(172_800) },
        Mistake("key without secret", "access-key", "need each other") { $0.secretAccessKey = nil },
        Mistake("token without key", "session-token", "without access-key") {
            $0.accessKey = nil
            $0.secretAccessKey = nil
        },
        Mistake("missing profile", "profile", "absent") { $0.profile = "absent" },
        Mistake("region with a blank", "region", "not the name of a region") { $0.region = "us east" },
        Mistake("endpoint without scheme", "endpoint-uri", "https") { $0.endpointURI = "monitoring" },
        Mistake("plain http", "endpoint-uri", "plain http") { $0.endpointURI = "http://example.com" },
        Mistake("certificate without key", "iot-certificate", "needs the field") {
            $0.iotCertificate = ["endpoint": "e.x"]
        },
        Mistake("certificate not there", "iot-certificate", "The file /nonexistent/c of iot-certificate ") {
            $0.iotCertificate = [
                "endpoint": "e.example", "cert-path": "/nonexistent/c", "key-path": "/nonexistent/k",
                "role-aliases": "r",
            ]
        },
        Mistake("EMF over mail", "cloudwatch-emf", "it may be stdout, file:PATH, tcp://HOST:PORT") {
            $0.emf = "mailto:x"
        },
        Mistake("EMF with a dimension that is the metric", "cloudwatch-dimensions", "any other name than") {
            $0.emf = "stdout"
            $0.dimensions = [(name: "frame_processing_time", value: "v")]
        },
        Mistake("EMF with a dimension that is the metadata", "cloudwatch-dimensions", "called \"_aws\"") {
            $0.emf = "stdout"
            $0.dimensions = [(name: "_aws", value: "v")]
        },
        Mistake("EMF to no folder", "cloudwatch-emf", "/nonexistent/emf cannot be opened") {
            $0.emf = "file:/nonexistent/emf"
        },
        Mistake("spool in no folder", "cloudwatch-spool", "cannot be opened for writing") {
            $0.spool = "/proc/timepiece/spool"
        },
        Mistake("small spool", "cloudwatch-spool-limit", "at least 262144") { $0.spoolLimit = 1000 },
        Mistake("long wait", "cloudwatch-flush-deadline", "it may be 0 to 60") { $0.flushDeadline = .seconds(61) },
    ]

    @Test(arguments: mistakes)
    func `A mistake is refused with a sentence that names the property`(mistake: Mistake) {
        let folder = SpoolFolder()
        var settings = CloudWatchSettings.test(endpoint: "http://127.0.0.1:9", spool: folder.path)
        mistake.make(&settings)
        settings.names = .properties
        let error = #expect(throws: CloudWatchSettingsError.self) { try CloudWatchPublisher(settings) }
        #expect(error?.property == mistake.property)
        #expect(error?.description.contains(mistake.sentence) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains(testSecret) == false)
    }

    @Test(arguments: mistakes)
    func `To a user of Swift a mistake is reported with the names of the parameters`(mistake: Mistake) throws {
        let folder = SpoolFolder()
        var settings = CloudWatchSettings.test(endpoint: "http://127.0.0.1:9", spool: folder.path)
        mistake.make(&settings)
        let error = try #require(
            #expect(throws: CloudWatchSettingsError.self) { try CloudWatchPublisher(settings) })
        #expect(
            [
                "namespace", "metricName", "dimensions", "label", "interval", "region", "accessKey", "sessionToken",
                "profile", "endpointURI", "iotCertificate", "spool", "spoolLimit", "emf", "flushDeadline",
            ].contains(error.parameter))
        // No name of a property with a hyphen, except AWS's own and the fields of a certificate.
        for name in ["cloudwatch-", "access-key", "session-token", "endpoint-uri", "iot-certificate", "the property"] {
            #expect(!error.description.contains(name), "\(error)")
        }
    }

    @Test func `A parameter is named in the sentence as Swift spells it`() {
        #expect(sentence { $0.secretAccessKey = nil }.hasPrefix("accessKey and secretAccessKey need each other"))
        #expect(sentence { $0.interval = .milliseconds(500) }.hasPrefix("interval is 0.5 s"))
        #expect(sentence { $0.endpointURI = "monitoring" }.contains("the parameter endpointURI"))
        #expect(sentence { $0.region = "us east" }.contains("of the parameter region"))
        #expect(sentence { $0.iotCertificate = [:] }.hasPrefix("iotCertificate needs the field"))
        #expect(sentence { $0.emf = "mailto:x" }.hasPrefix("emf is \"mailto:x\""))
        let protocolMistake = sentence {
            $0.transferProtocol = .both
            $0.dryRun = true
        }
        #expect(protocolMistake.hasPrefix("transferProtocol is \"both\"") && protocolMistake.contains("with dryRun it"))
    }

    private func sentence(_ change: (inout CloudWatchSettings) -> Void) -> String {
        var settings = CloudWatchSettings.test(endpoint: "http://127.0.0.1:9", spool: "none")
        change(&settings)
        do throws(CloudWatchSettingsError) {
            try CloudWatchPublisher(settings).close(within: .zero)
            return ""
        } catch {
            return error.description
        }
    }

    @Test func `The longest names that CloudWatch allows are accepted`() throws {
        let folder = SpoolFolder()
        var settings = CloudWatchSettings.test(endpoint: "http://127.0.0.1:9", spool: folder.path)
        settings.namespace = String(repeating: "n", count: 255)
        settings.metricName = String(repeating: "~", count: 255)
        settings.dimensions = (1...29).map { (name: "d\($0)", value: String(repeating: "v", count: 1024)) }
        settings.label = "cam"
        let publisher = try CloudWatchPublisher(settings)
        publisher.close(within: .zero)
        #expect(settings.identity.dimensions.last == MetricIdentity.Dimension(name: "Label", value: "cam"))
    }

    @Test func `Plain http to another machine is accepted if allowed, for metrics and not for keys`() throws {
        var settings = CloudWatchSettings.test(endpoint: "http://emulator:4566", spool: "none")
        settings.allowsPlainHTTP = true
        try CloudWatchPublisher(settings).close(within: .zero)
        settings.accessKey = nil
        settings.secretAccessKey = nil
        settings.sessionToken = nil
        let folder = TemporaryFolder()
        settings.environment = .bare([
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://emulator:4566/keys",
            "AWS_CONFIG_FILE": folder.write("config", "[default]\n"),
        ])
        let error = #expect(throws: CloudWatchSettingsError.self) { try CloudWatchPublisher(settings) }
        #expect(error?.description.contains("AWS_CONTAINER_CREDENTIALS_FULL_URI") == true)
    }

    @Test func `A malformed file of keys is refused before anything plays`() {
        let folder = TemporaryFolder()
        let file = folder.write("credentials", "this is no such file\n")
        var settings = CloudWatchSettings.test(endpoint: "http://127.0.0.1:9", spool: "none")
        settings.environment = Environment([
            "AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": file,
        ])
        let error = #expect(throws: CloudWatchSettingsError.self) { try CloudWatchPublisher(settings) }
        #expect(error?.description.contains(file) == true)
    }

    @Test func `A label that is also a dimension is not added twice`() {
        var settings = CloudWatchSettings(namespace: "n")
        settings.dimensions = [(name: "Label", value: "mine")]
        settings.label = "element"
        #expect(settings.identity.dimensions == [MetricIdentity.Dimension(name: "Label", value: "mine")])
    }

    @Test func `No description, reflection or dump shows a secret`() {
        let settings = CloudWatchSettings.test(endpoint: "http://127.0.0.1:9", spool: "none")
        var dumped = ""
        dump(settings, to: &dumped)
        dump(DestinationKey(settings), to: &dumped)
        for text in [
            "\(settings)", String(reflecting: settings), dumped, "\(DestinationKey(settings))", settings.destination,
        ] {
            #expect(!text.contains(testSecret))
            #expect(!text.contains(testToken))
        }
        #expect("\(settings)" == "settings for Test/Video frame_processing_time {Device=cam-01}")
    }

    @Test func `The standard spool is in the user's state directory, or under /var/tmp`() {
        #expect(SpoolLocation.standard(Environment(["XDG_STATE_HOME": "/s"])) == "/s/timepiece/cloudwatch.sqlite")
        #expect(
            SpoolLocation.standard(Environment(["HOME": "/home/x"]))
                == "/home/x/.local/state/timepiece/cloudwatch.sqlite")
        #expect(SpoolLocation.standard(Environment([:])).hasPrefix("/var/tmp/timepiece-"))
    }
}
