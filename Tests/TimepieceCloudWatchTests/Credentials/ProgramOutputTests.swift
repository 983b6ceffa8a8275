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

    @Test("what a program prints is returned") func prints() throws {
        #expect(try run(["/bin/sh", "-c", "echo one; echo two"]) == "one\ntwo\n")
    }

    @Test("arguments are handed over as they are") func keepsArguments() throws {
        #expect(try run(["printf", "%s|", "a b", "$HOME", ";", "", "ä"]) == "a b|$HOME|;||ä|")
    }

    @Test("a program gets the given environment and no other") func givesEnvironment() throws {
        #expect(try run(["/usr/bin/env"]) == "GIVEN=value\n")
    }

    @Test("a program inherits no file but the three of its own") func closesFiles() throws {
        let file = unsafe open("/dev/null", O_RDONLY)
        defer { close(file) }
        #expect(try run(["/bin/sh", "-c", "test -e /proc/self/fd/\(file) && echo open || echo shut"]) == "shut\n")
    }

    @Test("a program reads nothing, and its errors are dropped") func readsNothing() throws {
        #expect(try run(["/bin/sh", "-c", "cat; echo error >&2"]) == "")
    }

    @Test("a status other than 0 is a failure") func fails() {
        #expect(throws: ProgramOutput.Failure.failed(status: 3)) { try run(["/bin/sh", "-c", "echo out; exit 3"]) }
    }

    @Test("an end by a signal is a failure") func isKilled() {
        #expect(throws: ProgramOutput.Failure.failed(status: 128 + SIGTERM)) {
            try run(["/bin/sh", "-c", "kill -TERM $$"])
        }
    }

    @Test("a program that is not there is a failure") func isMissing() {
        #expect(throws: ProgramOutput.Failure.notStarted(ENOENT)) { try run(["/nonexistent"]) }
        #expect(throws: ProgramOutput.Failure.notStarted(ENOENT)) { try run([]) }
    }

    @Test("a program that runs too long is ended with all that it started") func timesOut() {
        let before = MonotonicInstant.now()
        #expect(throws: ProgramOutput.Failure.timedOut) {
            try run(["/bin/sh", "-c", "sleep 600 & sleep 600"], within: .milliseconds(200))
        }
        #expect(before.duration(to: .now()) < .seconds(300))
    }

    @Test("a program that ends its output and runs on is ended too") func outlastsOutput() {
        #expect(throws: ProgramOutput.Failure.timedOut) {
            try run(["/bin/sh", "-c", "exec >&-; sleep 600"], within: .milliseconds(200))
        }
    }

    @Test("a program that prints too much is ended") func isTooLong() {
        #expect(throws: ProgramOutput.Failure.tooLong) { try run(["yes"], bytes: 100) }
    }

    @Test("output of exactly the limit is returned") func printsLimit() throws {
        #expect(try run(["printf", "12345"], bytes: 5) == "12345")
    }
}
