import Testing

@testable import TimepieceCloudWatch

@Suite struct PercentEncodingTests {
    @Test("all but the unreserved characters are encoded") func encodes() {
        #expect(PercentEncoding.encode("aZ0-._~ +/=&ä%") == "aZ0-._~%20%2B%2F%3D%26%C3%A4%25")
        #expect(PercentEncoding.encode("a/b c", keeping: "/") == "a/b%20c")
    }

    @Test("decoding undoes encoding") func decodes() {
        let text = String(decoding: Array(UInt8(1)...126), as: UTF8.self) + "äß€😀"
        #expect(PercentEncoding.decode(PercentEncoding.encode(text)) == text)
    }

    @Test("a percent sign without two digits stays", arguments: ["%", "%1", "%zz", "%+1", "100%", "%%"])
    func keeps(_ text: String) {
        #expect(PercentEncoding.decode(text) == text)
    }
}
