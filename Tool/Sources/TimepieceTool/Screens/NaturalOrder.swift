/// Names in the order that people expect: cam2 before cam10.
enum NaturalOrder {
    static func precedes(_ left: String, _ right: String) -> Bool {
        var (a, b) = (left[...], right[...])
        while let first = a.first, let second = b.first {
            if isDigit(first), isDigit(second) {
                let (m, n) = (number(&a), number(&b))
                // The longer number is larger, without leading zeros.
                if m.count != n.count { return m.count < n.count }
                if m != n { return m < n }
            } else {
                if first != second {
                    let (x, y) = (first.lowercased(), second.lowercased())
                    return x == y ? first < second : x < y
                }
                a.removeFirst()
                b.removeFirst()
            }
        }
        return a.count == b.count ? left < right : a.count < b.count
    }

    private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }

    private static func number(_ text: inout Substring) -> Substring {
        let digits = text.prefix(while: isDigit)
        text = text.dropFirst(digits.count)
        return digits.drop { $0 == "0" }
    }
}
