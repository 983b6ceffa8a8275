import Testing

@testable import TimepieceCloudWatch

/// Thousands of random texts, read as Python and botocore read them.
@Suite struct TextOracleTests {
    @Test func `files and lines of words are read as botocore and Python read them`() throws {
        let oracle = try ServerProcess("text_oracle.py")
        let files = try compare(oracle) { text in
            guard let sections = try? INIFile(text).sections else { return nil }
            let options = sections.flatMap { name, options in
                options.map { "\(name)\u{1e}\($0.key)\u{1e}\($0.value)" }
            }
            return (options + sections.keys).map { Array($0.unicodeScalars) }
                .sorted { $0.lexicographicallyPrecedes($1) }
                .map { String(String.UnicodeScalarView($0)) }.joined(separator: "\u{1f}")
        }
        let lines = try compare(oracle) { text in
            ShellWords.split(text).map { ([""] + $0).joined(separator: "\u{1f}") }
        }
        #expect(files.read > 500 && files.refused > 500)
        #expect(lines.read > 500 && lines.refused > 500)
    }

    /// Compares what is read of each text up to the oracle's mark; returns how many were read and refused.
    private func compare(
        _ oracle: ServerProcess, _ read: (String) -> String?
    ) throws -> (read: Int, refused: Int) {
        var counts = (read: 0, refused: 0)
        while case let line = try oracle.document(), let text = line.string(["text"]) {
            let expected = line.string(["read"])
            #expect(read(text) == expected, "\(text.debugDescription)")
            if expected == nil { counts.refused += 1 } else { counts.read += 1 }
        }
        return counts
    }
}
