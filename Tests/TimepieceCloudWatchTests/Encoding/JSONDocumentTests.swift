import Testing

@testable import TimepieceCloudWatch

@Suite struct JSONDocumentTests {
    private func document(_ text: String) -> JSONDocument? { JSONDocument(Array(text.utf8)) }

    @Test func `texts and numbers are found by the names of the path`() throws {
        let json = try #require(document(#"{"a":{"b c":"x","n":7},"é":"ü","empty":"","e":"\u00e9\n\"\\"}"#))
        #expect(json.string(["a", "b c"]) == "x")
        #expect(json.integer(["a", "n"]) == 7)
        #expect(json.string(["é"]) == "ü")
        #expect(json.string(["empty"]) == "")
        #expect(json.string(["e"]) == "é\n\"\\")
    }

    @Test func `a value of another type is not found`() throws {
        let json = try #require(document(#"{"t":"1","n":1,"f":1.5,"b":true,"z":null,"l":[1],"o":{}}"#))
        for name in ["n", "f", "b", "z", "l", "o", "none"] { #expect(json.string([name]) == nil) }
        for name in ["t", "f", "b", "z", "l", "o", "none"] { #expect(json.integer([name]) == nil) }
    }

    @Test func `null is the same as a missing value`() throws {
        let json = try #require(document(#"{"z":null,"f":false}"#))
        #expect(!json.contains(["z"]))
        #expect(!json.contains(["none"]))
        #expect(json.contains(["f"]))
    }

    @Test(arguments: ["", " ", "{", "{a:1}", "{'a':1}", "[1,]", "nan", "{\"a\":1}x", "<html>", "{\"a\":\"\n\"}"])
    func `what is not JSON is refused`(_ text: String) {
        #expect(document(text) == nil)
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        #expect(JSONDocument([0x22, 0xff, 0x22]) == nil)
    }

    @Test func `a depth that would overflow a recursive reader is refused`() {
        #expect(document(String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)) == nil)
    }

    @Test func `a megabyte is read`() throws {
        let text = String(repeating: "x", count: 1_000_000)
        #expect(document("{\"a\":\"\(text)\"}")?.string(["a"]) == text)
    }
}
