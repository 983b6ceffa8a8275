// swift-tools-version: 6.3

import PackageDescription

// A package of its own, so that Timepiece itself depends on nothing.
let package = Package(
    name: "timepiece-metrics",
    products: [.library(name: "TimepieceMetrics", targets: ["TimepieceMetrics"])],
    dependencies: [
        .package(name: "timepiece", path: ".."),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .target(
            name: "TimepieceMetrics",
            dependencies: [
                .product(name: "Timepiece", package: "timepiece"),
                .product(name: "TimepieceCloudWatch", package: "timepiece"),
                .product(name: "TimepieceOpenTelemetry", package: "timepiece"),
                .product(name: "TimepieceTelemetry", package: "timepiece"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "TimepieceMetricsTests",
            dependencies: [
                "TimepieceMetrics",
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
