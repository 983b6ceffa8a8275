/// The name of a watch: names with dots between, from the root down.
struct WatchPath: Sendable, Equatable {
    let text: String
    /// The last of the names.
    let name: String
    /// What is before it: the path of the parent, nil if the name stands alone.
    let parent: String?

    /// - Returns: nil if one of the names is empty.
    init?(_ text: String) {
        let names = text.split(separator: ".", omittingEmptySubsequences: false)
        guard let last = names.last, !names.contains(where: \.isEmpty) else { return nil }
        self.text = text
        name = String(last)
        parent = names.count > 1 ? names.dropLast().joined(separator: ".") : nil
    }
}
