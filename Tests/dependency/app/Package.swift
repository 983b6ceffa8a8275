// swift-tools-version: 6.3

import PackageDescription

let timepiece: Target.Dependency = .product(name: "Timepiece", package: "timepiece")

let package = Package(
    name: "ancestor",
    dependencies: [.package(url: "TIMEPIECE_URL", revision: "TIMEPIECE_REVISION")],
    targets: [
        .executableTarget(name: "Ticker", dependencies: [timepiece]),
        .executableTarget(name: "StopWatch", dependencies: [timepiece]),
        .executableTarget(name: "Schedules", dependencies: [timepiece]),
        .executableTarget(name: "Tachometer", dependencies: [timepiece]),
        .executableTarget(
            name: "CWTachometer",
            dependencies: [timepiece, .product(name: "TimepieceCloudWatch", package: "timepiece")]),
    ],
    swiftLanguageModes: [.v6]
)
