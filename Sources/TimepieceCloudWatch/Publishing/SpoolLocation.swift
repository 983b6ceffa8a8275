import Glibc

/// Where the spool lies.
enum SpoolLocation {
    /// Returns the path of the user's own spool: under the state directory of the XDG base directory specification.
    ///
    /// A service without a home has it under `/var/tmp`, which outlives a boot.
    static func standard(_ environment: Environment) -> String {
        if let state = environment.filled("XDG_STATE_HOME"), state.hasPrefix("/") {
            return state + "/timepiece/cloudwatch.sqlite"
        }
        if let home = environment.filled("HOME"), home.hasPrefix("/"), home != "/" {
            return home + "/.local/state/timepiece/cloudwatch.sqlite"
        }
        return "/var/tmp/timepiece-\(getuid())/cloudwatch.sqlite"
    }

    /// Makes the directories above a file, for this user alone; what is there already stays as it is.
    static func makeDirectories(above path: String) {
        var prefix = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/").dropLast() {
            prefix += part
            // What cannot be made is told when the file is opened.
            unsafe mkdir(prefix, 0o700)
            prefix += "/"
        }
    }
}
