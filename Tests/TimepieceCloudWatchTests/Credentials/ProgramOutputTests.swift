import Glibc
import Testing
import Timepiece

@testable import TimepieceCloudWatch

@Suite struct ProgramOutputTests {
    private func run(
        _ words: [String], within limit: Duration = .seconds(60), bytes: Int = 1000
    ) throws(ProgramOutput.Failure) -> String {
        let environment = Environment(["GIVEN": "value"])
        let output = try ProgramOutput.run(words, environment: environment, within: limit, bytes: bytes)
        return String(decoding: output, as: UTF8.self)
    }

    @Test func `the output of a program is returned`() throws {
        #expect(try run(["/bin/sh", "-c", "echo one; echo two"]) == "one\ntwo\n")
    }

    @Test func `arguments are passed unchanged`() throws {
        #expect(try run(["printf", "%s|", "a b", "$HOME", ";", "", "ä"]) == "a b|$HOME|;||ä|")
    }

    @Test func `a program gets the given environment and no other`() throws {
        #expect(try run(["/usr/bin/env"]) == "GIVEN=value\n")
    }

    @Test func `a program inherits only its three standard descriptors`() throws {
        let file = unsafe open("/dev/null", O_RDONLY)
        defer { close(file) }
        #expect(try run(["/bin/sh", "-c", "test -e /proc/self/fd/\(file) && echo open || echo shut"]) == "shut\n")
    }

    @Test func `a program has no input, and its errors are dropped`() throws {
        #expect(try run(["/bin/sh", "-c", "cat; echo error >&2"]) == "")
    }

    @Test func `a status other than 0 is a failure`() {
        #expect(throws: ProgramOutput.Failure.failed(status: 3)) { try run(["/bin/sh", "-c", "echo out; exit 3"]) }
    }

    @Test func `an end by a signal is a failure`() {
        #expect(throws: ProgramOutput.Failure.failed(status: 128 + SIGTERM)) {
            try run(["/bin/sh", "-c", "kill -TERM $$"])
        }
    }

    @Test func `a program that is not there is a failure`() {
        #expect(throws: ProgramOutput.Failure.notStarted(ENOENT)) { try run(["/nonexistent"]) }
        #expect(throws: ProgramOutput.Failure.notStarted(ENOENT)) { try run([]) }
    }

    @Test func `a program that runs too long is ended with its child processes`() {
        let before = MonotonicInstant.now()
        #expect(throws: ProgramOutput.Failure.timedOut) {
            try run(["/bin/sh", "-c", "sleep 600 & sleep 600"], within: .milliseconds(200))
        }
        #expect(before.duration(to: .now()) < .seconds(300))
    }

    @Test func `a program that ends its output and continues is ended, too`() {
        #expect(throws: ProgramOutput.Failure.timedOut) {
            try run(["/bin/sh", "-c", "exec >&-; sleep 600"], within: .milliseconds(200))
        }
    }

    @Test func `a program that runs when the process exits is ended with it`() async throws {
        let folder = TemporaryFolder()
        let file = folder.write("number", "")
        await #expect(processExitsWith: .exitCode(7)) { [file = file as String] in
            _ = SenderRegistry.shared
            let isStarted = OwnThreads.shared.start {
                let words = ["/bin/sh", "-c", "echo $$ > \(file); exec sleep 600"]
                _ = try? ProgramOutput.run(
                    words, environment: Environment([:]), within: .seconds(600), bytes: 1000)
            }
            guard isStarted, eventually({ (try? FileContents.read(file))?.isEmpty == false }) else { exit(1) }
            exit(7)
        }
        let number = try #require(pid_t(try FileContents.read(file).trimmingSpace()))
        #expect(eventually { kill(number, 0) != 0 && errno == ESRCH })
    }

    @Test func `a program that prints too much is ended`() {
        #expect(throws: ProgramOutput.Failure.tooLong) { try run(["yes"], bytes: 100) }
    }

    @Test func `output of exactly the limit is returned`() throws {
        #expect(try run(["printf", "12345"], bytes: 5) == "12345")
    }
}
