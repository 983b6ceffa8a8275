import Glibc
import Testing

@testable import Timepiece
@testable import TimepieceTelemetry

@Suite("The file for Prometheus")
struct MetricsFileTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/timepiece-metrics-XXXXXX".utf8CString)
        let made = unsafe template.withUnsafeMutableBufferPointer { text in
            unsafe text.baseAddress.flatMap { unsafe mkdtemp($0) }.map { unsafe String(cString: $0) }
        }
        let folder = try #require(made)
        defer {
            for name in names(in: folder) { unsafe unlink(folder + "/" + name) }
            unsafe rmdir(folder)
        }
        try body(folder)
    }

    private func names(in folder: String) -> [String] {
        guard let handle = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(handle) }
        var names: [String] = []
        while let entry = unsafe readdir(handle) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    private func text(_ path: String) -> String {
        guard let file = unsafe fopen(path, "r") else { return "" }
        defer { unsafe fclose(file) }
        var bytes = [CChar](repeating: 0, count: 65_536)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private final class Member {}

    @Test func `exists when an element is in it, and when the last one has left, with nothing beside it`() throws {
        try withFolder { folder in
            let path = folder + "/cameras.prom"
            let file = try MetricsFile.open(path: path)
            let again = try MetricsFile.open(path: path)
            #expect(again === file)
            let member = Member()
            try file.join(member, period: 0)
            #expect(text(path).contains("timepiece_build_info{version=\"\(Exposition.version)\"} 1.0\n"))
            let source = TestSource([Measurement(.buffers, .count(3))])
            let now = MonotonicInstant.now().nanoseconds
            file.registry.add(source, labels: [MetricLabel("label", "a")], at: now)
            file.registry.remove(source, at: now)
            file.leave(member)
            #expect(text(path).contains("timepiece_buffers_total{label=\"a\"} 3\n"))
            #expect(names(in: folder) == ["cameras.prom"])
            // Once more, after its thread has ended or while it is ending.
            try file.join(member, period: 0)
            file.leave(member)
        }
    }

    /// Files that another user may have put in the place of the temporary file, in a directory of all users.
    @Test func `is never written into an existing file, and does not wait for the reader of a pipe`() throws {
        try withFolder { folder in
            let path = folder + "/cameras.prom"
            let aside = "\(path).\(getpid())"
            let victim = folder + "/victim"
            close(unsafe open(victim, O_WRONLY | O_CREAT, 0o600))
            let file = try MetricsFile.open(path: path)
            for plant in [
                { unsafe symlink(victim, aside) }, { unsafe link(victim, aside) }, { unsafe mkfifo(aside, 0o666) },
                { unsafe symlink("/nowhere/at/all", aside) },
            ] as [() -> Int32] {
                #expect(plant() == 0)
                let member = Member()
                try file.join(member, period: 0)
                file.leave(member)
                #expect(text(path).contains("timepiece_build_info") && text(victim).isEmpty)
                #expect(Set(names(in: folder)) == ["cameras.prom", "victim"])
                unsafe unlink(path)
            }
            #expect(unsafe mkdir(aside, 0o700) == 0)
            defer { unsafe rmdir(aside) }
            #expect(throws: PrometheusError.self) { try file.join(Member(), period: 0) }
        }
    }

    @Test func `says why it cannot be written`() throws {
        let file = try MetricsFile.open(path: "/nowhere/at/all.prom")
        #expect(throws: PrometheusError.self) { try file.join(Member(), period: 0) }
        #expect(
            file.problem
                == "The file /nowhere/at/all.prom for Prometheus cannot be written: No such file or directory.")
        for path in ["", ".prom", "/tmp/.prom", "/tmp/metrics.txt"] {
            #expect(throws: PrometheusError.self) { _ = try MetricsFile.open(path: path) }
        }
    }
}
