import ArgumentParser

/// Why a command ended early, in one sentence, and the exit code for it.
struct Failure: Error, CustomStringConvertible {
    /// The codes, after sysexits.h where that has one.
    enum Code: Int32 {
        /// The pipeline failed while it ran.
        case pipeline = 1
        /// `compare --fail-if-slower` found it slower.
        case slower = 3
        /// The command line or the description is wrong.
        case usage = 64
        /// A recording is damaged, empty or from a newer version.
        case data = 65
        /// A file cannot be read.
        case noInput = 66
        /// GStreamer does not find the plugin.
        case unavailable = 69
        /// A file cannot be written.
        case cannotCreate = 73
    }

    let code: Code
    let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
