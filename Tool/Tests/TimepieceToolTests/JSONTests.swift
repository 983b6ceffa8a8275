import Testing
import TimepieceMessages

@testable import TimepieceTool

@Suite struct JSONTests {
    @Test func `what is written is read again, including the largest integers`() throws {
        let value = JSONValue.object([
            .init("a", .unsigned(.max)), .init("b", .signed(-3)), .init("c", .real(0.1)), .init("d", .null),
            .init("e", .array([.bool(true), .string("line\n\"quote\" \\ \u{1} µ 😀")])), .init("f", .object([])),
        ])
        #expect(try JSONParser.parse(value.text.utf8) == value)
    }

    @Test func `escapes are read, including surrogate pairs`() throws {
        #expect(try JSONParser.parse(#" "\u00b5\ud83d\ude00\/\ud800" "#.utf8) == .string("µ😀/\u{FFFD}"))
    }

    @Test(arguments: ["", "{", "[1,]", "{\"a\" 1}", "nul", "1 2", "\"open", "\"\\x\"", "--1", "{1:2}", "\"\\u12\""])
    func `what is not JSON is refused`(text: String) {
        #expect(throws: JSONParser.Failure.self) { try JSONParser.parse(text.utf8) }
    }

    @Test func `nesting without end is refused, not followed`() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: JSONParser.Failure.self) { try JSONParser.parse(deep.utf8) }
    }

    @Test func `numbers that JSON lacks are null`() {
        #expect(JSONValue.array([.real(.nan), .real(.infinity)]).text == "[null,null]")
    }

    @Test func `a message with fields of any kind comes back the same`() throws {
        let child = MessageFields(name: "timepiece-watch", entries: [("label", .text("b"))])
        let fields = MessageFields(
            name: "timepiece-watch",
            entries: [
                ("label", .text("a")), ("n", .unsigned(7)), ("none", .none), ("future", .truth(true)),
                ("children", .list([.fields(child)])),
            ])
        #expect(MessageFields(try JSONParser.parse(fields.json.text.utf8)) == fields)
    }
}
