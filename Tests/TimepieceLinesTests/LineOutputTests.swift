import CUserSocket
import Glibc
import Testing
import Timepiece

@testable import TimepieceLines

@Suite struct `Lines for readers` {
    /// A folder of its own, by name only.
    private func path(_ name: String) -> String { "/tmp/timepiece-lines-\(getpid())-\(name)" }

    private func contents(_ path: String) -> String {
        let file = unsafe open(path, O_RDONLY)
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe read(file, &bytes, bytes.count)
        return String(decoding: bytes[..<max(0, count)], as: UTF8.self)
    }

    /// Reads what comes until it ends with this.
    private func receive(_ descriptor: Int32, until end: String) -> String {
        var text = ""
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while !text.hasSuffix(end), unsafe poll(&polled, 1, 10_000) > 0 {
            let count = unsafe read(descriptor, &bytes, bytes.count)
            guard count > 0 else { break }
            text += String(decoding: bytes[..<count], as: UTF8.self)
        }
        return text
    }

    @Test func `go to a file after the header`() throws {
        let file = path("file")
        defer { unsafe unlink(file) }
        let output = try LineOutput(.init(file: file), header: "head")
        output.write("one")
        output.write("two")
        output.flush(within: .seconds(10))
        #expect(contents(file) == "head\none\ntwo\n")
        var status = stat()
        #expect(unsafe stat(file, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    @Test(.enabled(if: geteuid() == 0, "only root gives a link to another user"))
    func `follow a link of the same user, and no link of another user`() throws {
        let (file, link) = (path("target"), path("link"))
        defer { for name in [file, link] { unsafe unlink(name) } }
        #expect(unsafe symlink(file, link) == 0)
        let output = try LineOutput(.init(file: link), header: "head")
        output.flush(within: .seconds(10))
        #expect(unsafe lchown(link, 12345, 12345) == 0)
        unsafe unlink(file)
        #expect(throws: LineOutput.Problem.self) { try LineOutput(.init(file: link), header: "head") }
        #expect(unsafe access(file, F_OK) != 0)
    }

    @Test func `go to each reader, from the header on, and only the owner may connect`() throws {
        let name = path("socket")
        let output = try LineOutput(.init(socket: name), header: "head")
        defer { output.close() }
        var status = stat()
        #expect(unsafe stat(name, &status) == 0 && status.st_mode & 0o777 == 0o600)
        let reader = try UserSocket.connect(name)
        defer { close(reader) }
        #expect(receive(reader, until: "head\n") == "head\n")
        output.write("one")
        #expect(receive(reader, until: "one\n") == "one\n")
    }

    @Test func `do not wait for a reader that does not read, and resume with whole lines`() throws {
        let name = path("slow")
        let output = try LineOutput(.init(socket: name), header: "head")
        defer { output.close() }
        let reader = try UserSocket.connect(name)
        defer { close(reader) }
        #expect(receive(reader, until: "head\n") == "head\n")
        let line = String(repeating: "x", count: 100_000)
        for _ in 0..<200 {
            output.write(line)
            output.flush(within: .seconds(10))
        }
        var text = ""
        var polled = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        while unsafe poll(&polled, 1, 300) > 0 {
            let count = unsafe read(reader, &bytes, bytes.count)
            guard count > 0 else { break }
            text += String(decoding: bytes[..<count], as: UTF8.self)
        }
        let lines = text.split(separator: "\n")
        #expect(text.hasSuffix("\n"))
        #expect(lines.count < 200)
        #expect(lines.allSatisfy { $0.utf8.count == 100_000 })
    }

    @Test func `continue when a reader disconnects`() throws {
        let name = path("gone")
        let output = try LineOutput(.init(socket: name), header: "head")
        defer { output.close() }
        close(try UserSocket.connect(name))
        for _ in 0..<10 {
            output.write("line")
            output.flush(within: .seconds(10))
        }
        let reader = try UserSocket.connect(name)
        defer { close(reader) }
        #expect(receive(reader, until: "head\n") == "head\n")
    }

    @Test func `refuse a name that is in use, and replace one that was left behind`() throws {
        let name = path("taken")
        let output = try LineOutput(.init(socket: name), header: "head")
        #expect(throws: LineOutput.Problem.self) { try LineOutput(.init(socket: name), header: "head") }
        output.close()
        let left = timepiece_socket()
        #expect(unsafe timepiece_bind(left, name) == 0)
        close(left)
        let again = try LineOutput(.init(socket: name), header: "head")
        again.close()
    }

    @Test func `name a file or socket that cannot be opened in a sentence`() {
        for wrong in [
            LineOutput.Destinations(file: "/nonexistent/file"),
            LineOutput.Destinations(socket: "/nonexistent/socket"),
            LineOutput.Destinations(listener: "/nonexistent/socket"),
            LineOutput.Destinations(socket: String(repeating: "x", count: 200)),
        ] {
            let problem = #expect(throws: LineOutput.Problem.self) { try LineOutput(wrong, header: "head") }
            #expect(problem?.sentence.contains("/nonexistent/") == true || problem?.sentence.contains("107") == true)
        }
    }
}
