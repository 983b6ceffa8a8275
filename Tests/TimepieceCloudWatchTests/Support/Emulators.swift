/// The emulators of Tests/Servers/emulators.py, one pair for all tests.
struct Emulators: Sendable {
    let process: ServerProcess
    let line: [UInt8]

    static let shared = Result {
        let process = try ServerProcess("emulators.py")
        return Emulators(process: process, line: process.line() ?? [])
    }
}
