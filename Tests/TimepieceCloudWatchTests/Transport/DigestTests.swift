import Testing

@testable import TimepieceCloudWatch

@Suite struct DigestTests {
    @Test func `SHA-256 of "abc" is FIPS 180's`() {
        #expect(
            Digest.hexadecimal(Digest.sha256(Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func `SHA-256 of nothing`() {
        #expect(
            Digest.hexadecimal(Digest.sha256([]))
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test func `HMAC-SHA-256 agrees with case 2 of RFC 4231`() {
        let code = Digest.authenticate(Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
        #expect(
            Digest.hexadecimal(code) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test func `HMAC-SHA-256 takes keys longer than a block, as in case 6 of RFC 4231`() {
        let code = Digest.authenticate(
            Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            key: [UInt8](repeating: 0xaa, count: 131))
        #expect(
            Digest.hexadecimal(code) == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    }
}
