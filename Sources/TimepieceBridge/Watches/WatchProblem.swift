/// Why a watch cannot start, as a sentence for the user.
enum WatchProblem: Error {
    case path(String)
    case edges(path: String, label: String, other: String, isAround: Bool)

    var sentence: String {
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
