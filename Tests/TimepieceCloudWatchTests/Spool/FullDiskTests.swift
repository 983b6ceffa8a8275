import Glibc
import Testing
@testable import TimepieceCloudWatch

/// The spool on a small disk of its own, which a program fills to the last byte.
///
/// The disk is a tmpfs in a mount namespace of the program's own, for which it takes root or user namespaces.
struct FullDiskTests {
    /// Runs a command where a disk of 256 KiB is mounted on the folder; returns its words, nil if that is not allowed.
    private static func words(_ command: String, _ arguments: [String] = []) throws -> [String]? {
        let folder = TemporaryFolder()
        let script = "mount -t tmpfs -o size=256k none \"$0\" && exec \"$@\""
        let namespace = getuid() == 0 ? ["--mount"] : ["--mount", "--map-root-user"]
        let process = try ServerProcess(
            program: "/usr/bin/unshare",
            namespace + ["sh", "-c", script, folder.path, command] + arguments + [folder.path])
        return process.line().map { String(decoding: $0, as: UTF8.self).split(separator: " ").map(String.init) }
    }

    private static let isPossible = (try? words("/bin/echo")) != nil

    @Test(.enabled(if: isPossible, "a disk can be mounted here"))
    func `A full disk costs the oldest data, each counted, and the rest is sent while it is still full`() throws {
        let words = try #require(try Self.words(Workspace.program("SpoolVictim"), ["fill"]))
        func number(_ name: String, _ offset: Int = 1) throws -> Int {
            let place = try #require(words.firstIndex(of: name), "\(words)")
            return try #require(Int(words[place + offset]))
        }
        // Stored, dropped and refused: the disk is smaller than 600 data, then there is no byte left, then there is.
        #expect(try number("filling") == 600)
        #expect(try number("filling", 2) > 100)
        for phase in ["filling", "full", "room"] { #expect(try number(phase, 3) == 0) }
        #expect(try number("full") == 50 && number("room") == 50)
        #expect(try number("kept") > 50)
        #expect(try number("kept") + number("dropped") == number("stored"))
        #expect(try number("newest") == 700)
        #expect(words.firstIndex(of: "newest-first").map { words[$0 + 1] } == "true")
        #expect(words.last == "false")
    }
}
