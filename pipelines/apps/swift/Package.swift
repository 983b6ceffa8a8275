// swift-tools-version: 6.3

import PackageDescription

let package = Package(
    name: "headroom",
    dependencies: [.package(name: "timepiece", path: "../../..")],
    targets: [
        .executableTarget(
            name: "headroom",
            dependencies: [
                .product(name: "TimepieceMessages", package: "timepiece"),
                .product(name: "CGStreamer", package: "timepiece"),
            ],
            path: "Sources/Headroom",
            swiftSettings: [.strictMemorySafety()])
    ],
    swiftLanguageModes: [.v6]
)
