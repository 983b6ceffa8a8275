import Glibc
import Testing

@testable import TimepieceCloudWatch

@Suite struct FileContentsTests {
    private let folder = TemporaryFolder()

    @Test func `a file is read whole`() throws {
        let text = String(repeating: "ä", count: 10_000)
        #expect(try FileContents.read(folder.write("a", text)) == text)
        #expect(try FileContents.read(folder.write("b", "")) == "")
    }

    @Test func `a file that is missing, a folder and a pipe are missing`() throws {
        let pipe = "\(folder.path)/pipe"
        _ = unsafe mkfifo(pipe, 0o600)
        defer { unsafe unlink(pipe) }
        for path in ["\(folder.path)/none", folder.path, pipe, "/dev/null", "\(folder.write("a", ""))/b"] {
            #expect(throws: FileContents.Failure.missing) { try FileContents.read(path) }
        }
    }

    @Test func `a file over the limit is refused, one of the limit is read`() throws {
        #expect(try FileContents.read(folder.write("a", "12345"), limit: 5) == "12345")
        #expect(throws: FileContents.Failure.tooLong(limit: 5)) {
            try FileContents.read(folder.write("b", "123456"), limit: 5)
        }
    }

    @Test func `a file that is not text is refused`() {
        #expect(throws: FileContents.Failure.notText) { try FileContents.read(folder.write("a", [0xff, 0xfe])) }
    }

    @Test func `a temporary failure of the system allows another try, and a refusal does not`() {
        #expect(FileContents.Failure(EMFILE).isTransient)
        #expect(FileContents.Failure(ENOMEM).isTransient)
        #expect(!FileContents.Failure(EACCES).isTransient)
        #expect(FileContents.Failure(ENOTDIR) == .missing)
    }
}
