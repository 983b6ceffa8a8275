import Testing
@testable import TimepieceCloudWatch

struct CostNoteTests {
    @Test func `One line says how many series there are and what they cost`() {
        let note = CostNote(identity: .sample(), seriesInAll: 100, shortestInterval: 60, isEmbedded: false)
        #expect(
            note.text
                == "CloudWatch bills 1 series for this element (Test/Video frame_processing_time {Device=cam-01}); "
                + "with it this process publishes 100 series to the destination, about $30.00 a month, plus about $0.44 "
                + "for 43200 requests (one every 60 s, for all series together). Where made, 300 alarms (3 for each series) are "
                + "about $30.00 a month more, and each dashboard beyond the third $3.00.")
    }

    @Test func `High resolution shows in the price of requests`() {
        let note = CostNote(identity: .sample(), seriesInAll: 1, shortestInterval: 1, isEmbedded: false)
        #expect(note.text.contains("about $0.30 a month, plus about $25.92 for 2592000 requests"))
    }

    @Test func `Embedded metrics cost series and a log`() {
        let note = CostNote(identity: .sample(), seriesInAll: 2, shortestInterval: 60, isEmbedded: true)
        #expect(note.text.contains("about $0.60 a month, plus what the log group costs."))
    }
}
