/// The name of a watch: names separated by dots, from the root down.
package struct WatchPath: Sendable, Equatable {
    package let text: String
    /// The last of the names.
    let name: String
    /// The path of the parent, nil if there is only one name.
    let parent: String?

    /// - Returns: nil if one of the names is empty.
    package init?(_ text: String) {
        let names = text.split(separator: ".", omittingEmptySubsequences: false)
        guard let last = names.last, !names.contains(where: \.isEmpty) else { return nil }
        self.text = text
        name = String(last)
        parent = names.count > 1 ? names.dropLast().joined(separator: ".") : nil
    }
}

/// Why a watch cannot start, as a sentence for the user.
package enum WatchProblem: Error {
    case path(String)
    case edges(path: String, label: String, other: String, isAround: Bool)

    package var sentence: String {
        switch self {
        case .path(let path):
            """
            The property watch is "\(path)", which has an empty name in it; allowed are names with a dot between each \
            two, such as "encode" or "total.encode".
            """
        case .edges(let path, let label, let other, let isAround):
            """
            The watch "\(path)" is measured with edge=\(isAround ? "around" : "start or stop") at \(label) but with \
            edge=\(isAround ? "start or stop" : "around") at \(other); allowed on one name is either only around, or \
            only start and stop.
            """
        }
    }
}
