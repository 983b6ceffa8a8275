import TestEnvironment
import Testing
import Timepiece

@testable import TimepieceCloudWatch

/// Readers of texts from outside, given random ones: whatever they say, they must come back.
@Suite struct HostileTextTests {
    private static let parts = [
        "<a>", "</a>", "&", ";", "&#x", "#", "9", "2026-11-22T12:00:00", "Z", "+", "-", ":", ".", " ", "\n", "\r\n",
        "[",
        "]", "=", "'", "\"", "\\", "{", "}", ",", "$", "${", "~", "%", "%4", "http://", "https://", "@", "/", "[::1]",
        "Sun, 06 Nov 1994 08:49:37", " GMT", "\u{301}", "é", "\0", "😀", "profile", "DEFAULT",
    ]

    @Test func `no text ends the process`() {
        var chance = SeededGenerator(seed: 7)
        let environment = Environment(["HOME": "/h", "A": "a"])
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...12, using: &chance)
            let text = (0..<count).map { _ in Self.parts.randomElement(using: &chance) ?? "" }.joined()
            _ = try? INIFile(text)
            _ = INIFile.nested("\n" + text)
            _ = ShellWords.split(text)
            _ = XMLText.element("a", in: text)
            _ = WallTime(httpDate: text)
            _ = WallTime(internetDate: text)
            _ = PercentEncoding.decode(text)
            _ = environment.expand(text)
            _ = Region(text)
            _ = try? IoTCertificate(fields: [
                "endpoint": text, "cert-path": text, "key-path": text, "role-aliases": text,
            ])
            if let parts = URLParts(text) {
                var request = HTTPRequest(method: "GET", url: text, headers: [HTTPHeader(text, text)])
                Signer.sign(
                    &request, with: Credentials(accessKeyID: text, secretAccessKey: text), region: text, service: text,
                    at: WallTime(nanoseconds: .min))
                #expect(request.header("Host") == parts.authority)
            }
        }
    }

    @Test func `no bytes end the reader of JSON`() {
        var chance = SeededGenerator(seed: 11)
        for _ in 0..<500 {
            let bytes = (0..<40).map { _ in UInt8.random(in: 0...255, using: &chance) }
            _ = JSONDocument(bytes)?.string(["a"])
            let text = (0..<8).map { _ in Self.parts.randomElement(using: &chance) ?? "" }.joined()
            _ = JSONDocument(Array("{\"a\":\"\(text)\"}".utf8))?.string(["a"])
        }
    }
}
