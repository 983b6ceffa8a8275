import Testing

@testable import TimepieceCloudWatch

@Suite struct JSONDocumentTests {
    private func document(_ text: String) -> JSONDocument? { JSONDocument(Array(text.utf8)) }

    @Test("texts and numbers are found by the names on the way") func reads() throws {
        let json = try #require(document(#"{"a":{"b c":"x","n":7},"é":"ü","empty":"","e":"\u00e9\n\"\\"}"#))
        #expect(json.string(["a", "b c"]) == "x")
        #expect(json.integer(["a", "n"]) == 7)
        #expect(json.string(["é"]) == "ü")
        #expect(json.string(["empty"]) == "")
        #expect(json.string(["e"]) == "é\n\"\\")
    }

    @Test("a value of another type is not there") func refusesTypes() throws {
        let json = try #require(document(#"{"t":"1","n":1,"f":1.5,"b":true,"z":null,"l":[1],"o":{}}"#))
        for name in ["n", "f", "b", "z", "l", "o", "none"] { #expect(json.string([name]) == nil) }
        for name in ["t", "f", "b", "z", "l", "o", "none"] { #expect(json.integer([name]) == nil) }
    }

    @Test("null is the same as nothing") func findsNull() throws {
        let json = try #require(document(#"{"z":null,"f":false}"#))
        #expect(!json.contains(["z"]))
        #expect(!json.contains(["none"]))
        #expect(json.contains(["f"]))
    }

    @Test(
        "what is no JSON is refused",
        arguments: ["", " ", "{", "{a:1}", "{'a':1}", "[1,]", "nan", "{\"a\":1}x", "<html>", "{\"a\":\"\n\"}"])
    func refuses(_ text: String) {
        #expect(document(text) == nil)
    }

    @Test("bytes that are no UTF-8 are refused") func refusesBytes() {
        #expect(JSONDocument([0x22, 0xff, 0x22]) == nil)
    }

    @Test("a depth that would end a recursive reader is refused") func refusesDepth() {
        #expect(document(String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)) == nil)
    }

    @Test("a megabyte is read") func readsLong() throws {
        let text = String(repeating: "x", count: 1_000_000)
        #expect(document("{\"a\":\"\(text)\"}")?.string(["a"]) == text)
    }
}
