import Testing
import Timepiece

@testable import TimepieceCloudWatch

@Suite("Closing")
struct CloseTests {
    @Test func `Publishers that close in sequence share requests, and the last one waits for all`() throws {
        let server = try FaultServer.get()
        let folder = SpoolFolder()
        let publishers = try (0..<40).map { number in
            try CloudWatchPublisher(
                .test(endpoint: server.address("none", "closing"), spool: folder.path, device: "cam-\(number)"))
        }
        for publisher in publishers { publisher.publish(.of(7), closedAt: .now()) }
        for publisher in publishers { publisher.close(within: .seconds(60)) }
        let books = try server.books("none", "closing")
        #expect(books.problems.isEmpty)
        #expect(books.data == 40)
        // Those that close while a request is under way go out with the next one.
        #expect(books.requests < 20)
    }
}
