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

    /// A script of Tests/Servers.
    static func server(_ name: String) -> String { "\(root)/Tests/Servers/\(name)" }
}
