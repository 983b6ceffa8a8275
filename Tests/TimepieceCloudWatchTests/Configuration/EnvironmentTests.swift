import Testing

@testable import TimepieceCloudWatch

@Suite struct EnvironmentTests {
    private let environment = Environment(["HOME": "/home/me", "A": "alpha", "EMPTY": ""])

    @Test func `variables and the home directory are substituted in a path`() {
        #expect(environment.expand("~/x") == "/home/me/x")
        #expect(environment.expand("~") == "/home/me")
        #expect(environment.expand("$A/${A}b/$A.c") == "alpha/alphab/alpha.c")
        #expect(environment.expand("x/~/y") == "x/~/y")
    }

    @Test func `a name that is not set, or not a variable, is not changed`() {
        for path in ["$B/x", "${B}/x", "${A", "$", "a$", "$$", "~other/x", ""] {
            #expect(environment.expand(path) == path)
        }
    }

    @Test func `without HOME the home directory is that of the user database`() {
        #expect(Environment([:]).expand("~/x").hasPrefix("/"))
    }

    @Test func `an empty variable counts as set, but has no value`() {
        #expect(environment["EMPTY"] == "")
        #expect(environment.filled("EMPTY") == nil)
        #expect(environment["NONE"] == nil)
    }

    @Test func `the environment of the process is copied`() {
        #expect(Environment.ofProcess()["PATH"] != nil)
    }
}
