import Glibc
import Synchronization
import Testing
import Timepiece
@testable import TimepieceCloudWatch

struct LineDeliveryTests {
    private let folder = SpoolFolder()

    private func settings(_ emf: String) -> CloudWatchSettings {
        var settings = CloudWatchSettings(namespace: "Test/Video")
        settings.dimensions = [(name: "Device", value: "cam-01")]
        settings.emf = emf
        settings.spool = folder.path
        settings.environment = .isolated
        return settings
    }

    private func document(of count: Int64, _ bytes: some Sequence<UInt8>) {
        let document = JSONDocument(Array(bytes))
        #expect(document?.integer(["frame_processing_time", "Count"]) == count)
        #expect(document?.string(["Device"]) == "cam-01")
    }

    @Test func `Documents are lines at the end of a file`() throws {
        for count in 1...2 {
            let publisher = try CloudWatchPublisher(settings("file:\(folder.otherPath)"))
            publisher.publish(.of(count), closedAt: .now())
            publisher.close(within: .seconds(20))
            #expect(publisher.status.sent.samples == UInt64(count))
        }
        let lines = folder.read(folder.otherPath).split(separator: 10)
        #expect(lines.count == 2)
        document(of: 1, lines[0])
        document(of: 2, lines[1])
    }

    @Test func `Documents go to an agent over TCP; while there is none they are in the spool`() throws {
        let agent = try #require(Agent(SOCK_STREAM))
        let target = "tcp://127.0.0.1:\(agent.port)"
        let publisher = try CloudWatchPublisher(settings(target))
        publisher.publish(.of(3), closedAt: .now())
        publisher.close(within: .seconds(20))
        document(of: 3, agent.accept().prefix { $0 != 10 })

        // Bound and not listening: it refuses, and no other program can have the port.
        let absent = try #require(Agent(SOCK_STREAM, listens: false))
        let port = absent.port
        let another = try CloudWatchPublisher(settings("tcp://127.0.0.1:\(port)"))
        another.publish(.of(4), closedAt: .now())
        another.close(within: .seconds(20))
        #expect(another.status.spooled == 1)
        #expect(another.status.lastError == "The agent at 127.0.0.1:\(port) cannot be reached: Connection refused.")
    }

    @Test func `Documents go to an agent over UDP, one datagram each`() throws {
        let agent = try #require(Agent(SOCK_DGRAM))
        let publisher = try CloudWatchPublisher(settings("udp://127.0.0.1:\(agent.port)"))
        publisher.publish(.of(5), closedAt: .now())
        publisher.close(within: .seconds(20))
        document(of: 5, agent.receive().prefix { $0 != 10 })
    }

    @Test func `A dry run prints the request as it would be sent, on one line`() {
        let output = Recording()
        let data = [QueuedDatum(datum: .sample(count: 3), timestamp: noon)]
        let batch = Batch(
            number: 1, namespace: "Test/Video", data: data,
            time: Moment.after(60).wall, timeout: .seconds(1))
        #expect(LineDelivery(.request, to: output).deliver(batch).verdict == .accepted)
        let expected = PutMetricDataEncoder().body(data, namespace: "Test/Video") + [10]
        #expect(output.lines.withLock { $0 } == [expected])
    }

    @Test func `When the second of three lines fails, all are kept and the first may have arrived`() {
        let output = Recording(limit: 1)
        let data = (0..<3).map { QueuedDatum(datum: .sample(Double($0)), timestamp: noon) }
        let batch = Batch(
            number: 1, namespace: "Test/Video", data: data,
            time: Moment.after(60).wall, timeout: .seconds(1))
        #expect(
            LineDelivery(.documents, to: output).deliver(batch).verdict == .failed("It is full.", isUncertain: true))
    }

    @Test func `No link of another user is followed, anywhere in the path`() throws {
        let victim = folder.directory + "/victim"
        let link = folder.directory + "/link"
        let chain = folder.directory + "/chain"
        folder.write([65, 10], to: victim)
        unsafe symlink(victim, link)
        unsafe symlink(link, chain)
        // One's own is followed, also to the end of a chain of them.
        try FileOutput(path: chain).write([66, 10], timeout: .seconds(1))
        #expect(folder.read(victim) == [65, 10, 66, 10])

        let stranger = geteuid() + 1
        let isRoot = geteuid() == 0
        if isRoot { unsafe lchown(link, stranger, getegid()) }
        for path in [link, chain] {
            let output = FileOutput(path: path, user: isRoot ? 0 : stranger)
            let error = #expect(throws: LineOutputError.self) { try output.write([67, 10], timeout: .seconds(1)) }
            #expect(error?.sentence.contains("is a link of another user") ?? false)
            #expect(throws: LineOutputError.self) { try output.check() }
        }
        unsafe unlink(link)
        unsafe symlink(folder.directory, link)
        if isRoot { unsafe lchown(link, stranger, getegid()) }
        let inside = FileOutput(path: link + "/victim", user: isRoot ? 0 : stranger)
        #expect(throws: LineOutputError.self) { try inside.write([67, 10], timeout: .seconds(1)) }
        #expect(folder.read(victim) == [65, 10, 66, 10])
        for path in [victim, link, chain] { _ = unsafe unlink(path) }
    }

    @Test func `A new file has the mode of the umask, for its readers`() throws {
        let mask = umask(0o22)
        umask(mask)
        try FileOutput(path: folder.otherPath).write([65, 10], timeout: .seconds(1))
        var status = stat()
        #expect(unsafe stat(folder.otherPath, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o666 & ~mask)
    }

    @Test func `A pipe without a reader delays nothing, and gets its lines when there is one`() throws {
        unsafe mkfifo(folder.otherPath, 0o600)
        var settings = settings("file:\(folder.otherPath)")
        settings.interval = .seconds(1)
        let start = MonotonicInstant.now()
        let publisher = try CloudWatchPublisher(settings)
        #expect(start.duration(to: .now()) < .seconds(20))
        publisher.publish(.of(5), closedAt: .now())
        #expect(eventually { publisher.status.lastError?.hasSuffix("nothing reads the pipe.") ?? false })
        let reader = unsafe open(folder.otherPath, O_RDONLY | O_NONBLOCK)
        #expect(eventually { publisher.status.sent.samples == 5 })
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe read(reader, &bytes, bytes.count)
        close(reader)
        document(of: 5, bytes.prefix(max(0, count)).dropLast())
        publisher.close(within: .seconds(3))
    }

    @Test func `A line that only partly fits into a slow reader's pipe is completed`() throws {
        unsafe mkfifo(folder.otherPath, 0o600)
        let reader = unsafe open(folder.otherPath, O_RDONLY | O_NONBLOCK)
        let output = FileOutput(path: folder.otherPath)
        let line = [UInt8](repeating: 65, count: 200_000) + [10]
        let worker = try SerialWorker()
        let failure = Mutex<LineOutputError?>(nil)
        worker.execute {
            do throws(LineOutputError) {
                try output.write(line, timeout: .seconds(60))
            } catch {
                failure.withLock { $0 = error }
            }
        }
        var total = 0
        var bytes = [UInt8](repeating: 0, count: 65_536)
        #expect(
            eventually {
                total += max(0, unsafe read(reader, &bytes, bytes.count))
                return total == line.count
            })
        worker.shutdown()
        #expect(failure.withLock { $0 } == nil)
        close(reader)
    }

    @Test func `A document that does not fit into a datagram is dropped and counted, and delays no other`() throws {
        let agent = try #require(Agent(SOCK_DGRAM))
        let large = settings("udp://127.0.0.1:\(agent.port)")
        var huge = large
        // Quotation marks are two characters in JSON.
        huge.dimensions = (0..<30).map {
            (name: "d\($0)" + String(repeating: "x", count: 240), value: String(repeating: "\"", count: 1024))
        }
        let publishers = try [large, huge, large].map { try CloudWatchPublisher($0) }
        for publisher in publishers { publisher.publish(.of(5), closedAt: .now()) }
        for publisher in publishers { publisher.close(within: .seconds(20)) }
        let status = publishers[0].status
        #expect(status.sent == SampleTally(data: 2, samples: 10))
        #expect(status.dropped == [.refused: SampleTally(data: 1, samples: 5)])
        #expect(status.uncertain == SampleTally())
        #expect(status.spooled == 0)
        #expect(status.lastError?.contains("fits no datagram") ?? false)
        for _ in 0..<2 { document(of: 5, agent.receive().prefix { $0 != 10 }) }
    }

    @Test func `A full disk does not join a truncated line with the next`() {
        let output = FileOutput(path: "/dev/full")
        let error = #expect(throws: LineOutputError.self) { try output.write([65, 10], timeout: .seconds(1)) }
        #expect(error?.sentence == "/dev/full took no line: No space left on device.")
    }

    @Test(arguments: [
        ("stdout", EmbeddedMetricTarget.standardOutput), ("file:/a/b", .file("/a/b")), ("file:///a", .file("/a")),
        ("file:log", .file("log")), ("tcp://agent:99", .tcp(host: "agent", port: 99)),
        ("tcp://127.0.0.1", .tcp(host: "127.0.0.1", port: 25_888)), ("udp://h:80", .udp(host: "h", port: 80)),
        ("udp://[::1]:7", .udp(host: "::1", port: 7)),
    ])
    func `Targets are read as they are documented`(text: String, target: EmbeddedMetricTarget) {
        #expect(EmbeddedMetricTarget(text) == target)
    }

    @Test(arguments: ["", "stderr", "file:", "tcp://", "tcp://h:0", "tcp://h:99999", "tcp://h/x", "http://h"])
    func `Other targets are invalid`(text: String) {
        #expect(EmbeddedMetricTarget(text) == nil)
    }
}

/// An output that keeps what is written, up to a number of lines.
private final class Recording: LineOutput {
    let lines = Mutex<[[UInt8]]>([])
    private let limit: Int

    init(limit: Int = .max) {
        self.limit = limit
    }

    func write(_ line: [UInt8], timeout: Duration) throws(LineOutputError) {
        try lines.withLock { (lines) throws(LineOutputError) in
            guard lines.count < limit else { throw LineOutputError("It is full.") }
            lines.append(line)
        }
    }
}

/// A socket on loopback that represents CloudWatch's agent.
private final class Agent {
    private var socket: Int32
    let port: UInt16

    init?(_ type: __socket_type, listens: Bool = true) {
        socket = Glibc.socket(AF_INET, Int32(type.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = socket
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                let code = unsafe bind(socket, pointer, length)
                return unsafe code == 0 && getsockname(socket, pointer, &length) == 0
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        guard isBound else { return nil }
        if type == SOCK_STREAM, listens { listen(socket, 4) }
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        unsafe setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { end() }

    /// Takes a connection and all that comes until its end.
    func accept() -> [UInt8] {
        let connection = Glibc.accept(socket, nil, nil)
        defer { close(connection) }
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { return result }
            result += chunk.prefix(count)
            if result.last == 10 { return result }
        }
    }

    /// Takes one datagram.
    func receive() -> [UInt8] {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe recv(socket, &chunk, chunk.count, 0)
        return Array(chunk.prefix(max(0, count)))
    }

    func end() {
        if socket >= 0 { close(socket) }
        socket = -1
    }
}
