/// The positions of a pipeline's elements in its description; GStreamer's own list has another order.
struct DescriptionPlaces {
    /// The sort key: the word, and for those not found the number in their names.
    struct Place: Comparable {
        let word: Int
        let number: Int

        static func < (left: Place, right: Place) -> Bool {
            (left.word, left.number) < (right.word, right.number)
        }
    }

    private var named: [String: Int] = [:]
    /// The words of elements without a name of their own, by factory.
    private var unnamed: [Substring: [Int]] = [:]

    init(_ description: String) {
        let words = description.split { $0 == " " || $0 == "\n" || $0 == "\t" || $0 == "(" || $0 == ")" }
        for (index, word) in words.enumerated() where word != "!" {
            // An element's own words go up to the next link; a word with an equals sign is a property, a word with a
            // slash is caps.
            let isCaps = word.contains("/") && !(word.prefix { $0 != "/" }.contains("="))
            guard isCaps || !word.contains("=") else { continue }
            let own = words[(index + 1)...].prefix { $0 != "!" && $0.contains("=") }
            if !isCaps, let name = own.first(where: { $0.hasPrefix("name=") }) {
                named[String(name.dropFirst("name=".count))] = index
            } else {
                unnamed[isCaps ? "capsfilter" : word, default: []].append(index)
            }
        }
    }

    func place(of name: String, factory: String) -> Place {
        if let word = named[name] { return Place(word: word, number: 0) }
        // As in videotestsrc0: numbers count up in the order of the description.
        let number = Int(String(name.reversed().prefix { $0.isASCII && $0.isNumber }.reversed())) ?? 0
        let words = unnamed[Substring(factory)] ?? []
        return Place(word: number < words.count ? words[number] : .max, number: number)
    }
}
