import Glibc

/// A copy of the environment variables.
///
/// It is a copy because another thread of the host may change the process's own while it is read, and because tests
/// pass their own. Variables hold secrets, so no description shows them.
package struct Environment: Sendable {
    private let values: [String: String]

    /// Makes an environment of given variables.
    package init(_ values: [String: String]) {
        self.values = values
    }

    /// Copies the environment of the process; called when no thread changes it, as at the start of an element.
    package static func ofProcess() -> Environment {
        var values: [String: String] = [:]
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            let parts = unsafe String(cString: entry).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
            unsafe next += 1
        }
        return Environment(values)
    }

    /// The value of a variable; nil if it is not set.
    package subscript(name: String) -> String? { values[name] }

    /// The value of a variable; nil if it is not set or empty.
    package func filled(_ name: String) -> String? {
        values[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The variables in the form for a new program, `NAME=value`.
    var entries: [String] { values.map { "\($0.key)=\($0.value)" } }

    /// Substitutes the values of `$NAME` and `${NAME}` in a path, and the home directory in place of a leading `~`.
    ///
    /// As in botocore, the name of a variable that is not set stays.
    func expand(_ path: String) -> String {
        var result = ""
        var rest = path[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            let isBraced = rest.first == "{"
            let name = (isBraced ? rest.dropFirst() : rest).prefix {
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")
            }
            let after = rest[name.endIndex...]
            if let value = values[String(name)], !isBraced || after.first == "}" {
                result += value
                rest = isBraced ? after.dropFirst() : after
            } else {
                result += "$"
            }
        }
        result += rest
        guard result == "~" || result.hasPrefix("~/"), let home = values["HOME"] ?? Self.homeOfUser() else {
            return result
        }
        return home + result.dropFirst()
    }

    /// The home directory in the user database: services often run without HOME.
    private static func homeOfUser() -> String? {
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        let code = unsafe getpwuid_r(getuid(), &entry, &buffer, buffer.count, &found)
        guard code == 0, unsafe found != nil, let home = unsafe entry.pw_dir else { return nil }
        return unsafe String(cString: home)
    }
}

extension Environment: Confidential {
    /// How many variables there are.
    package var description: String { "\(values.count) environment variables" }
}
