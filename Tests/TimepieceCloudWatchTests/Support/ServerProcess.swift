import Glibc
import Synchronization
@testable import TimepieceCloudWatch

/// A server in Python that lives as long as this object, or as the test process.
///
/// The server ends by itself when its standard input is closed, however the tests end.
final class ServerProcess: Sendable {
    /// Why there is no server.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let process: pid_t
    private let input: Int32
    private let output: Int32

    /// One start at a time, so that no server inherits the pipe of another before it is marked.
    private static let starting = Mutex<Void>(())

    /// Starts a script of Tests/Servers.
    convenience init(_ script: String, _ arguments: [String] = []) throws {
        let python = Workspace.python
        guard unsafe access(python, X_OK) == 0 else {
            throw Failure(description: "There is no \(python): run Tests/python-environment.sh.")
        }
        try self.init(program: python, [Workspace.server(script)] + arguments)
    }

    /// Starts a program.
    init(program: String, _ list: [String]) throws {
        (process, input, output) = try Self.starting.withLock { _ in
            let toServer = try Self.pipe()
            let fromServer = try Self.pipe()
            defer {
                close(toServer.reading)
                close(fromServer.writing)
            }
            var actions = unsafe posix_spawn_file_actions_t()
            unsafe posix_spawn_file_actions_init(&actions)
            defer { unsafe posix_spawn_file_actions_destroy(&actions) }
            unsafe posix_spawn_file_actions_adddup2(&actions, toServer.reading, 0)
            unsafe posix_spawn_file_actions_adddup2(&actions, fromServer.writing, 1)
            var arguments = unsafe ([program] + list).map { unsafe strdup($0) } + [nil]
            defer { unsafe arguments.forEach { unsafe free($0) } }
            var process: pid_t = 0
            let code = unsafe posix_spawn(&process, program, &actions, nil, &arguments, environ)
            guard code == 0 else { throw Failure(description: "\(program) cannot be started (error \(code)).") }
            return (process, toServer.writing, fromServer.reading)
        }
    }

    /// Ends the process as a power cut would.
    func kill() {
        _ = Glibc.kill(process, SIGKILL)
    }

    deinit {
        close(input)
        close(output)
        var status: Int32 = 0
        _ = unsafe waitpid(process, &status, 0)
    }

    /// Waits for the next line that the server prints; nil at its end.
    func line() -> [UInt8]? {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while unsafe read(output, &byte, 1) == 1 {
            if byte == 10 { return line }
            line.append(byte)
        }
        return line.isEmpty ? nil : line
    }

    /// Waits for the next line and reads it as JSON.
    func document() throws -> JSONDocument {
        guard let line = line(), let document = JSONDocument(line) else {
            throw Failure(description: "A server of the tests ended before it said what it serves.")
        }
        return document
    }

    private static func pipe() throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard unsafe Glibc.pipe(&ends) == 0 else { throw Failure(description: "There is no pipe left.") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}
