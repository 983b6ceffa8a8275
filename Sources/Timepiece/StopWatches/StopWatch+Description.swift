extension StopWatch: CustomStringConvertible {
    /// The tree from this stopwatch down, a line each, in seconds with four decimals and at most five intervals.
    public var description: String {
        tree(indentation: "")
    }

    private func tree(indentation: String) -> String {
        var text = "\(indentation)<StopWatch name=\(name) \(summary)"
        let children = children
        if !children.isEmpty {
            let lines = children.map { $0.tree(indentation: indentation + "    ") }
            text += " children=[\n" + lines.joined(separator: ",\n") + "\n\(indentation)]"
        }
        return text + ">"
    }
}
