import Testing

@testable import TimepieceCloudWatch

@Suite struct INIFileTests {
    private func malformation(_ text: String) -> INIFile.Malformation? {
        do throws(INIFile.Malformation) {
            _ = try INIFile(text)
            return nil
        } catch {
            return error
        }
    }

    @Test func `an empty text has no sections`() throws {
        #expect(try INIFile("").sections.isEmpty)
        #expect(try INIFile("# only a comment\n").sections.isEmpty)
    }

    @Test func `names are lower case, values are trimmed and keep what follows`() throws {
        let file = try INIFile("[a]\nOne = 1 # no comment\ntwo:2=2\nthree=\n")
        #expect(file.sections == ["a": ["one": "1 # no comment", "two": "2=2", "three": ""]])
    }

    @Test func `a line that is indented deeper continues the value`() throws {
        let file = try INIFile("[a]\none = 1\n  more\n\n  last\n# comment\n  end\ntwo = 2\n")
        #expect(file.sections["a"] == ["one": "1\nmore\n\nlast\nend", "two": "2"])
    }

    @Test func `options that are all indented stay options`() throws {
        #expect(try INIFile("[a]\n  one = 1\n  two = 2\n").sections["a"] == ["one": "1", "two": "2"])
    }

    @Test func `nested options are read from an option`() throws {
        let file = try INIFile("[services x]\ncloudwatch =\n  endpoint_url = http://h\n  a=b=c\nother = 1\n")
        let options = try #require(file.sections["services x"])
        #expect(INIFile.nested(options["cloudwatch"] ?? "") == ["endpoint_url": "http://h", "a": "b=c"])
        #expect(INIFile.nested(options["other"] ?? "").isEmpty)
    }

    @Test func `the last bracket of a line ends the name of a section`() throws {
        #expect(try INIFile("[a]b] ; rest\n").sections == ["a]b": [:]])
    }

    @Test func `[DEFAULT] gives options to all sections, which may have their own`() throws {
        let file = try INIFile("[DEFAULT]\nx = 0\ny = 0\n[a]\nx = 1\n")
        #expect(file.sections == ["a": ["x": "1", "y": "0"]])
    }

    @Test func `a malformed text is refused with its line`() {
        #expect(malformation("one = 1")?.line == 1)
        #expect(malformation("[a]\n\nnonsense")?.line == 3)
        #expect(malformation("[a]\n= 1")?.line == 2)
        #expect(malformation("[a]\n[b]\n[a]")?.line == 3)
        #expect(malformation("[a]\none = 1\nONE = 2")?.line == 3)
        #expect(malformation("[a]\none =\n  two\n")?.line == 2)
        #expect(malformation("[a]\n[]\n")?.line == 2)
    }
}
