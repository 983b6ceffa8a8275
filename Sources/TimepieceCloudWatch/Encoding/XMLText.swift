/// The text of elements in the small XML replies of AWS's older services.
///
/// It finds elements by their names and reads no attributes; those replies use none in the elements that are searched
/// for.
package enum XMLText {
    /// Returns the contents of the first element of that name; nil if there is none.
    ///
    /// References as `&amp;` become characters if `decoded`, which must not be used for an element with child elements.
    package static func element(_ name: String, in text: String, decoded: Bool = true) -> String? {
        guard let open = text.firstRange(of: "<\(name)>") else { return nil }
        let rest = text[open.upperBound...]
        guard let close = rest.firstRange(of: "</\(name)>") else { return nil }
        let content = rest[..<close.lowerBound]
        return decoded ? decode(content).trimmingSpace() : String(content)
    }

    private static func decode(_ text: Substring) -> String {
        var result = ""
        var rest = text
        while let start = rest.firstIndex(of: "&") {
            result += rest[..<start]
            rest = rest[start...]
            guard let end = rest.firstIndex(of: ";"), let letter = letter(rest[start..<end].dropFirst()) else {
                result += "&"
                rest = rest.dropFirst()
                continue
            }
            result.unicodeScalars.append(letter)
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    private static func letter(_ reference: Substring) -> Unicode.Scalar? {
        switch reference {
        case "amp": "&"
        case "lt": "<"
        case "gt": ">"
        case "quot": "\""
        case "apos": "'"
        default:
            if reference.hasPrefix("#x") {
                UInt32(reference.dropFirst(2), radix: 16).flatMap { Unicode.Scalar($0) }
            } else if reference.hasPrefix("#") {
                UInt32(reference.dropFirst()).flatMap { Unicode.Scalar($0) }
            } else {
                nil
            }
        }
    }
}
