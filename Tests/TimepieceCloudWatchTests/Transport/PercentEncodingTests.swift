import Testing

@testable import TimepieceCloudWatch

@Suite struct PercentEncodingTests {
    @Test func `all but the unreserved characters are encoded`() {
        #expect(PercentEncoding.encode("aZ0-._~ +/=&ä%") == "aZ0-._~%20%2B%2F%3D%26%C3%A4%25")
        #expect(PercentEncoding.encode("a/b c", keeping: "/") == "a/b%20c")
    }

    @Test func `decoding undoes encoding`() {
        let text = String(decoding: Array(UInt8(1)...126), as: UTF8.self) + "äß€😀"
        #expect(PercentEncoding.decode(PercentEncoding.encode(text)) == text)
    }

    @Test(arguments: ["%", "%1", "%zz", "%+1", "100%", "%%"])
    func `a percent sign without two digits stays`(_ text: String) {
        #expect(PercentEncoding.decode(text) == text)
    }
}
