import Testing

@testable import TimepieceCloudWatch

@Suite struct ShellWordsTests {
    /// Lines and what Python's `shlex.split` makes of them.
    private static let lines: [(String, [String]?)] = [
        ("", []), ("  \t\r\n", []), ("a b", ["a", "b"]), ("a  'b c' d", ["a", "b c", "d"]), ("a\"b\"'c'd", ["abcd"]),
        ("''", [""]), ("a '' b", ["a", "", "b"]), ("a\\ b", ["a b"]), ("\"a\\\"b\\\\c\\d\"", ["a\"b\\c\\d"]),
        ("'a\\b'", ["a\\b"]), ("# a", ["#", "a"]), ("$HOME;true|x", ["$HOME;true|x"]), ("ä ö", ["ä", "ö"]),
        ("'", nil), ("\"a", nil), ("a\\", nil), ("\"a\\", nil),
    ]

    @Test(arguments: lines.map(\.0))
    func `lines are split as Python's shlex does`(_ line: String) {
        let expected = Self.lines.first { $0.0 == line }?.1
        #expect(ShellWords.split(line) == expected)
    }
}
