import Glibc
@testable import TimepieceCloudWatch

/// The places of the checked-out repository that tests use.
enum Workspace {
    /// The folder of Package.swift.
    static var root: String {
        #filePath.split(separator: "/").dropLast(4).reduce("") { "\($0)/\($1)" }
    }

    /// Python with the packages of Tests/python-packages.txt.
    static var python: String {
        Environment.ofProcess().filled("TIMEPIECE_TEST_PYTHON") ?? "\(root)/.build/venv/bin/python"
    }

    /// AWS's test suite for signatures.
    static var signatureSuite: String {
        Environment.ofProcess().filled("TIMEPIECE_SIGV4_SUITE") ?? "\(root)/.build/aws4_testsuite"
    }

    /// A program that was built beside the tests.
    static func program(_ name: String) -> String {
        var bytes = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink("/proc/self/exe", &bytes, bytes.count)
        let path = String(decoding: bytes.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/\(name)"
    }

    /// A script of Tests/Servers.
    static func server(_ name: String) -> String { "\(root)/Tests/Servers/\(name)" }
}
