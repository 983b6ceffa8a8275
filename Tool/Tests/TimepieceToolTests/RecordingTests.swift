import Testing
import TimepieceMessages

@testable import TimepieceTool

@Suite struct RecordingTests {
    static let header = #"{"timepiece":"recording","version":1,"started":"2026-11-22T12:00:00Z","description":"a ! b"}"#
    static let stall =
        #"{"at":5000000000,"message":"timepiece-stall","fields":{"label":"cam","since-last-buffer":2000000000,"last-running-time":1,"reason":"standstill"}}"#
    static let resume =
        #"{"at":6000000000,"message":"timepiece-resume","fields":{"label":"cam","stalled-for":3000000000,"reason":"standstill"}}"#
    static let end = #"{"at":7000000000,"event":"end","reason":"eos"}"#

    private func read(_ lines: [String], tail: String = "") throws -> Recording {
        try RecordingReader.read(text: lines.map { $0 + "\n" }.joined() + tail, name: "r.jsonl") { _ in }
    }

    private func events(_ lines: [String], tail: String = "") throws -> [RecordedEvent] {
        var events: [RecordedEvent] = []
        _ = try RecordingReader.read(text: lines.map { $0 + "\n" }.joined() + tail, name: "r.jsonl") {
            events.append($0)
        }
        return events
    }

    private func summary(_ lines: [String]) throws -> RecordingSummary {
        try RecordingSummary(text: lines.map { $0 + "\n" }.joined(), name: "r.jsonl")
    }

    private func failure(_ lines: [String]) -> Failure? {
        #expect(throws: Failure.self) { try read(lines) }
    }

    @Test func `a whole recording is read without reservations`() throws {
        let recording = try read([Self.header, Self.stall, Self.resume, Self.end])
        #expect(recording.end == .endOfStream)
        #expect(recording.reservations.isEmpty)
        #expect(recording.duration == .seconds(7))
    }

    @Test func `a recording that was cut short in a line is read up to there, and reports that`() throws {
        let recording = try read([Self.header, Self.stall], tail: String(Self.resume.prefix(40)))
        #expect(try events([Self.header, Self.stall], tail: String(Self.resume.prefix(40))).count == 1)
        #expect(recording.damagedLines == 0)
        #expect(recording.reservations == ["The recording was cut short: what came after 0:05 is missing."])
    }

    @Test func `a damaged line in the middle is left out, and counted`() throws {
        let recording = try read([Self.header, "{\"at\":12,", Self.resume, Self.end])
        #expect(recording.damagedLines == 1)
        #expect(recording.reservations == ["1 of its lines could not be read and is left out."])
    }

    @Test func `a newer format is refused with the remedy`() {
        let failure = failure([#"{"timepiece":"recording","version":2}"#])
        #expect(failure?.code == .data)
        #expect(failure?.description.contains("Update timepiece") == true)
    }

    @Test(arguments: [["hello"], ["{}"], [], ["\u{0}\u{1}"]])
    func `another file is not a recording`(lines: [String]) {
        #expect(failure(lines)?.code == .data)
    }

    @Test func `events of newer kinds are skipped`() throws {
        #expect(try events([Self.header, #"{"at":1,"event":"moon","phase":3}"#, Self.end]).count == 1)
    }

    @Test func `a written header is read again`() throws {
        let header = RecordingHeader(
            description: "a ! b", started: "2026-11-22T12:00:00.250Z", command: "a ! b", order: ["x", "y"],
            environment: [.init("host", .string("h"))])
        #expect(try read([header.json.text, Self.end]).header == header)
        #expect(try read([Self.header, Self.end]).header.order.isEmpty)
    }

    @Test func `caps and drops are in the summary`() throws {
        let caps = RecordedEvent(at: .seconds(1), .caps(label: "cam", caps: "video/x-raw"))
        let drops = RecordedEvent(at: .seconds(1), .drops(element: "sink", count: 4))
        let summary = try summary([Self.header, caps.json.text, drops.json.text, Self.end])
        #expect(summary.streams.first?.caps == "video/x-raw")
        #expect(summary.drops == ["sink": 4])
    }

    @Test func `a missing file is reported by name`() {
        let failure = #expect(throws: Failure.self) { try RecordingReader.read("/nowhere/r.jsonl") { _ in } }
        #expect(failure?.code == .noInput)
        #expect(failure?.description.contains("/nowhere/r.jsonl") == true)
    }

    @Test func `a stall and its end are one incident from the last buffer to the resume`() throws {
        let summary = try summary([Self.header, Self.stall, Self.stall, Self.resume, Self.end])
        #expect(summary.incidents.count == 1)
        #expect(summary.incidents.first?.at == .seconds(3))
        #expect(summary.incidents.first?.until == .seconds(6))
    }

    @Test func `a message that lacks a field is reported once`() throws {
        let bad = #"{"at":1,"message":"timepiece-tick","fields":{"label":"x"}}"#
        let summary = try summary([Self.header, bad, bad, Self.end])
        #expect(summary.reservations == ["The message timepiece-tick has no field \"timestamp\"."])
    }

    @Test func `no text of a recording can end the page's script`() throws {
        let evil = Self.header.replacing("a ! b", with: "</script><script>alert(1)</script><!--")
        let page = HTMLReport.page(try summary([evil, Self.end]))
        #expect(!page.contains("<script>alert"))
        #expect(page.contains(#"\u003c/script>\u003cscript>alert(1)"#))
    }
}
