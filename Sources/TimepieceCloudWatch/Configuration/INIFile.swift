/// The sections of a shared AWS configuration or credentials file.
///
/// The form is that of Python's `RawConfigParser`, by which botocore reads these files: `=` or `:` between name and
/// value, names in any case, comments only as lines of their own (`#`, `;`), values that continue in lines that are
/// indented deeper, `[DEFAULT]` for all sections, and no duplicates.
struct INIFile: Sendable, Confidential {
    /// The reason why a text is not such a file.
    struct Malformation: Error, Equatable {
        /// The line, from one.
        let line: Int
        /// The end of a sentence about the line.
        let reason: String
    }

    /// The options of each section by their names in lower case.
    let sections: [String: [String: String]]

    /// Parses a text.
    init(_ text: String) throws(Malformation) {
        var reader = Reader()
        for (number, line) in Self.lines(text).enumerated() {
            try reader.read(line, number: number + 1)
        }
        try reader.finish()
        sections = reader.sections.mapValues { $0.merging(reader.defaults) { own, _ in own } }
    }

    /// The options inside an option, as `s3 =` followed by indented `name = value` lines; empty if it has none.
    static func nested(_ value: String) -> [String: String] {
        guard value.hasPrefix("\n") else { return [:] }
        return value.split(separator: "\n").reduce(into: [:]) { result, line in
            guard let equal = line.firstIndex(of: "=") else { return }
            result[line[..<equal].trimmingSpace()] = line[line.index(after: equal)...].trimmingSpace()
        }
    }

    /// Lines that end in LF, CR or both; a Swift character holds the pair as one.
    private static func lines(_ text: String) -> [Substring] {
        text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
    }
}

extension INIFile {
    /// The state between two lines.
    private struct Reader {
        var sections: [String: [String: String]] = [:]
        var defaults: [String: String] = [:]
        private var section: String?
        private var option: String?
        private var optionLine = 0
        private var parts: [String] = []
        private var indentation = 0

        mutating func read(_ line: Substring, number: Int) throws(Malformation) {
            let value = line.trimmingSpace()
            guard !value.hasPrefix("#"), !value.hasPrefix(";") else { return }
            guard !value.isEmpty else {
                if option != nil { parts.append("") }
                return
            }
            let indent = line.prefix { $0.isWhitespace }.count
            if option != nil, indent > indentation {
                parts.append(value)
                return
            }
            try finish()
            indentation = indent
            if value.hasPrefix("["), let end = value.lastIndex(of: "]"), end > value.index(after: value.startIndex) {
                try open(String(value[value.index(after: value.startIndex)..<end]), number)
            } else {
                try start(value, number)
            }
        }

        /// Ends the option that is being read.
        mutating func finish() throws(Malformation) {
            guard let name = option, let section else { return }
            option = nil
            while parts.last == "" { parts.removeLast() }
            let value = parts.joined(separator: "\n")
            if value.hasPrefix("\n"), value.split(separator: "\n").contains(where: { !$0.contains("=") }) {
                throw Malformation(line: optionLine, reason: "is followed by an indented line without =")
            }
            if section == "DEFAULT" { defaults[name] = value } else { sections[section]?[name] = value }
        }

        private mutating func open(_ name: String, _ number: Int) throws(Malformation) {
            guard sections[name] == nil else {
                throw Malformation(line: number, reason: "opens a section that was already given")
            }
            section = name
            if name != "DEFAULT" { sections[name] = [:] }
        }

        private mutating func start(_ line: String, _ number: Int) throws(Malformation) {
            guard let section else { throw Malformation(line: number, reason: "stands before any [section]") }
            guard let delimiter = line.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
                throw Malformation(line: number, reason: "has no = between a name and a value")
            }
            let name = line[..<delimiter].trimmingSpace().lowercased()
            guard !name.isEmpty else { throw Malformation(line: number, reason: "has no name before its =") }
            guard (section == "DEFAULT" ? defaults : sections[section, default: [:]])[name] == nil else {
                throw Malformation(line: number, reason: "gives a name that the section already has")
            }
            option = name
            optionLine = number
            parts = [line[line.index(after: delimiter)...].trimmingSpace()]
        }
    }
}

extension StringProtocol {
    /// Returns the text without the white space at both ends.
    func trimmingSpace() -> String {
        var rest = self[...]
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}
