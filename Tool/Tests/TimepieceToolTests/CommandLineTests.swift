import Testing

@testable import TimepieceTool

@Suite struct CommandLineTests {
    @Test func `a pasted command of gst-launch is its description`() {
        let expected = ["videotestsrc", "!", "fakesink"]
        #expect(LaunchWords(["gst-launch-1.0", "-e", "-v"] + expected).words == expected)
        #expect(LaunchWords(["/usr/bin/gst-launch-1.0", "-X", "tag", "--"] + expected).words == expected)
        #expect(LaunchWords(["gst-launch-1.0 -e -v videotestsrc ! fakesink"]).words == ["videotestsrc ! fakesink"])
        #expect(
            LaunchWords(["gst-launch-1.0 -e \\\n  videotestsrc ! \\\n fakesink"]).words == ["videotestsrc ! fakesink"])
        #expect(LaunchWords(expected).words == expected)
        let assigned = LaunchWords(["GST_DEBUG=3", "gst-launch-1.0"] + expected)
        #expect(assigned.words == expected)
        #expect(assigned.environment.map(\.name) == ["GST_DEBUG"])
    }

    @Test func `words are quoted for a shell`() {
        #expect(
            LaunchWords.quoted(["videotestsrc", "!", "video/x-raw,framerate=30/1"])
                == "videotestsrc ! video/x-raw,framerate=30/1")
        #expect(LaunchWords.quoted(["alarms=after,after=1s; x"]) == "'alarms=after,after=1s; x'")
        #expect(LaunchWords.quoted(["it's", "$HOME", ""]) == "'it'\\''s' '$HOME' ''")
    }

    @Test(arguments: [("250ms", 0.25), ("30s", 30), ("1m30s", 90), ("2h", 7200), ("10", 10), ("0.5", 0.5)])
    func `times are read`(text: String, seconds: Double) {
        #expect(TimeSpan(argument: text)?.duration == .seconds(seconds))
    }

    @Test(arguments: ["", "0", "-1", "s", "1x", "1s1m", "1s1s", "nan", "inf", "1e99", "99999999999s"])
    func `what is not a time is refused`(text: String) {
        #expect(TimeSpan(argument: text) == nil)
    }

    @Test func `help is found before a description, and not in it`() {
        let commands = TimepieceCommand.configuration.subcommands
        func name(_ words: [String]) -> String? {
            CommandWords(words).helpWanted(commands)?.configuration.commandName
        }
        #expect(name(["top", "--help"]) == "top")
        #expect(name(["record", "-o", "x", "-h"]) == "record")
        #expect(name(["top", "--", "x", "--help"]) == nil)
        #expect(name(["top", "videotestsrc", "-h"]) == nil)
        #expect(CommandWords(["report", "--version"]).versionWanted)
    }

    @Test func `doctor accepts the certificate of a device in the same form as the element`() {
        let fields = DoctorCommand.fields(
            #"iot-certificate,endpoint=x.example, cert-path=(string)"/a,b/c.pem",role-aliases=r=1"#)
        #expect(fields == ["endpoint": "x.example", "cert-path": "/a,b/c.pem", "role-aliases": "r=1"])
    }

    @Test func `a ratio may follow fail-if-slower`() {
        #expect(
            CommandWords(["compare", "--fail-if-slower=1.1", "a"]).words == [
                "compare", "--fail-if-slower", "--slower-ratio=1.1", "a",
            ])
    }

    @Test func `elements are placed by the description, named or numbered`() {
        let places = DescriptionPlaces(
            "audiotestsrc ! fakesink videotestsrc ! fakesink name=last videotestsrc name=v ! video/x-raw,width=3 ! fakesink"
        )
        let order = ["audiotestsrc0", "fakesink0", "videotestsrc0", "last", "v", "capsfilter0", "fakesink1"]
        let factories = [
            "audiotestsrc", "fakesink", "videotestsrc", "fakesink", "videotestsrc", "capsfilter", "fakesink",
        ]
        let found = zip(order, factories).map { places.place(of: $0, factory: $1).word }
        #expect(found == found.sorted() && Set(found).count == found.count)
    }
}
