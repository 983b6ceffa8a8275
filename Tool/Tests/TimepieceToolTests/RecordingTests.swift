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
        try RecordingReader.read(text: lines.map { $0 + "\n" }.joined() + tail, name: "r.jsonl")
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

    @Test func `one that was cut short in a line is read up to there, and says so`() throws {
        let recording = try read([Self.header, Self.stall], tail: String(Self.resume.prefix(40)))
        #expect(recording.events.count == 1)
        #expect(recording.damagedLines == 0)
        #expect(recording.reservations == ["The recording was cut short: what came after 0:05 is missing."])
    }

    @Test func `a damaged line in the middle is left out, and counted`() throws {
        let recording = try read([Self.header, "{\"at\":12,", Self.resume, Self.end])
        #expect(recording.damagedLines == 1)
        #expect(recording.reservations == ["1 of its lines could not be read and is left out."])
    }

    @Test func `a newer format is refused with the way out`() {
        let failure = failure([#"{"timepiece":"recording","version":2}"#])
        #expect(failure?.code == .data)
        #expect(failure?.description.contains("Update timepiece") == true)
    }

    @Test(arguments: [["hello"], ["{}"], [], ["\u{0}\u{1}"]])
    func `another file is no recording`(lines: [String]) {
        #expect(failure(lines)?.code == .data)
    }

    @Test func `events of newer kinds are passed over`() throws {
        let recording = try read([Self.header, #"{"at":1,"event":"moon","phase":3}"#, Self.end])
        #expect(recording.events.count == 1)
    }

    @Test func `a file that is not there is told by name`() {
        let failure = #expect(throws: Failure.self) { try RecordingReader.read("/nowhere/r.jsonl") }
        #expect(failure?.code == .noInput)
        #expect(failure?.description.contains("/nowhere/r.jsonl") == true)
    }

    @Test func `a stall and its end are one incident from the last buffer to the resume`() throws {
        let summary = RecordingSummary(try read([Self.header, Self.stall, Self.stall, Self.resume, Self.end]))
        #expect(summary.incidents.count == 1)
        #expect(summary.incidents.first?.at == .seconds(3))
        #expect(summary.incidents.first?.until == .seconds(6))
    }

    @Test func `a message that lacks a field is told once`() throws {
        let bad = #"{"at":1,"message":"timepiece-tick","fields":{"label":"x"}}"#
        let summary = RecordingSummary(try read([Self.header, bad, bad, Self.end]))
        #expect(summary.reservations == ["The message timepiece-tick has no field \"timestamp\"."])
    }

    @Test func `no text of a recording can end the page's script`() throws {
        let evil = Self.header.replacing("a ! b", with: "</script><script>alert(1)</script><!--")
        let page = HTMLReport.page(RecordingSummary(try read([evil, Self.end])))
        #expect(!page.contains("<script>alert"))
        #expect(page.contains(#"\u003c/script>\u003cscript>alert(1)"#))
    }
}
