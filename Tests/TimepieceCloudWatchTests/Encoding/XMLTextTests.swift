import Testing

@testable import TimepieceCloudWatch

@Suite struct XMLTextTests {
    @Test("the text of the first element of a name is found") func finds() {
        let text = "<?xml version=\"1.0\"?><a><Code>\n One </Code><Code>Two</Code></a>"
        #expect(XMLText.element("Code", in: text) == "One")
        #expect(XMLText.element("Cod", in: text) == nil)
    }

    @Test("references become characters") func decodes() {
        #expect(XMLText.element("a", in: "<a>&lt;&amp;&gt;&quot;&apos;&#65;&#x42;&amp;lt;</a>") == "<&>\"'AB&lt;")
    }

    @Test("what is no reference stays as it is") func keeps() {
        #expect(XMLText.element("a", in: "<a>& &; &none; &#xffffffff; &#;</a>") == "& &; &none; &#xffffffff; &#;")
    }

    @Test("an element that does not end is not there") func refusesOpen() {
        #expect(XMLText.element("a", in: "<a>x") == nil)
        #expect(XMLText.element("a", in: "</a><a>") == nil)
        #expect(XMLText.element("a", in: "") == nil)
    }
}
