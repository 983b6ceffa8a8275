import Testing

@testable import TimepieceCloudWatch

@Suite struct EnvironmentTests {
    private let environment = Environment(["HOME": "/home/me", "A": "alpha", "EMPTY": ""])

    @Test("variables and the home directory are put into a path") func expands() {
        #expect(environment.expand("~/x") == "/home/me/x")
        #expect(environment.expand("~") == "/home/me")
        #expect(environment.expand("$A/${A}b/$A.c") == "alpha/alphab/alpha.c")
        #expect(environment.expand("x/~/y") == "x/~/y")
    }

    @Test("what is not set, or is no variable, stays as it is written") func keeps() {
        for path in ["$B/x", "${B}/x", "${A", "$", "a$", "$$", "~other/x", ""] {
            #expect(environment.expand(path) == path)
        }
    }

    @Test("without HOME the home directory is that of the user database") func findsHome() {
        #expect(Environment([:]).expand("~/x").hasPrefix("/"))
    }

    @Test("an empty variable is set but not filled") func tellsEmpty() {
        #expect(environment["EMPTY"] == "")
        #expect(environment.filled("EMPTY") == nil)
        #expect(environment["NONE"] == nil)
    }

    @Test("the environment of the process is copied") func copies() {
        #expect(Environment.ofProcess()["PATH"] != nil)
    }
}
