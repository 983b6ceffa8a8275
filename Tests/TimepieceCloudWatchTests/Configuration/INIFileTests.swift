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

    @Test("an empty text has no sections") func readsNothing() throws {
        #expect(try INIFile("").sections.isEmpty)
        #expect(try INIFile("# only a comment\n").sections.isEmpty)
    }

    @Test("names are lower case, values are trimmed and keep what follows") func readsOptions() throws {
        let file = try INIFile("[a]\nOne = 1 # no comment\ntwo:2=2\nthree=\n")
        #expect(file.sections == ["a": ["one": "1 # no comment", "two": "2=2", "three": ""]])
    }

    @Test("a line that is indented deeper goes on with the value") func continues() throws {
        let file = try INIFile("[a]\none = 1\n  more\n\n  last\n# comment\n  end\ntwo = 2\n")
        #expect(file.sections["a"] == ["one": "1\nmore\n\nlast\nend", "two": "2"])
    }

    @Test("options that are all indented stay options") func keepsIndentedOptions() throws {
        #expect(try INIFile("[a]\n  one = 1\n  two = 2\n").sections["a"] == ["one": "1", "two": "2"])
    }

    @Test("nested options are read from an option") func readsNested() throws {
        let file = try INIFile("[services x]\ncloudwatch =\n  endpoint_url = http://h\n  a=b=c\nother = 1\n")
        let options = try #require(file.sections["services x"])
        #expect(INIFile.nested(options["cloudwatch"] ?? "") == ["endpoint_url": "http://h", "a": "b=c"])
        #expect(INIFile.nested(options["other"] ?? "").isEmpty)
    }

    @Test("the last bracket of a line ends the name of a section") func readsBrackets() throws {
        #expect(try INIFile("[a]b] ; rest\n").sections == ["a]b": [:]])
    }

    @Test("[DEFAULT] gives options to all sections, which may have their own") func readsDefaults() throws {
        let file = try INIFile("[DEFAULT]\nx = 0\ny = 0\n[a]\nx = 1\n")
        #expect(file.sections == ["a": ["x": "1", "y": "0"]])
    }

    @Test("what is malformed is refused with its line") func refuses() {
        #expect(malformation("one = 1")?.line == 1)
        #expect(malformation("[a]\n\nnonsense")?.line == 3)
        #expect(malformation("[a]\n= 1")?.line == 2)
        #expect(malformation("[a]\n[b]\n[a]")?.line == 3)
        #expect(malformation("[a]\none = 1\nONE = 2")?.line == 3)
        #expect(malformation("[a]\none =\n  two\n")?.line == 2)
        #expect(malformation("[a]\n[]\n")?.line == 2)
    }
}
