import Testing

@testable import TimepieceCloudWatch

@Suite struct XMLTextTests {
    @Test func `the text of the first element of a name is found`() {
        let text = "<?xml version=\"1.0\"?><a><Code>\n One </Code><Code>Two</Code></a>"
        #expect(XMLText.element("Code", in: text) == "One")
        #expect(XMLText.element("Cod", in: text) == nil)
    }

    @Test func `references become characters`() {
        #expect(XMLText.element("a", in: "<a>&lt;&amp;&gt;&quot;&apos;&#65;&#x42;&amp;lt;</a>") == "<&>\"'AB&lt;")
    }

    @Test func `text that is not a reference is not changed`() {
        #expect(XMLText.element("a", in: "<a>& &; &none; &#xffffffff; &#;</a>") == "& &; &none; &#xffffffff; &#;")
    }

    @Test func `an element that does not end is not found`() {
        #expect(XMLText.element("a", in: "<a>x") == nil)
        #expect(XMLText.element("a", in: "</a><a>") == nil)
        #expect(XMLText.element("a", in: "") == nil)
    }
}
