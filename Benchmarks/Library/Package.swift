// swift-tools-version: 6.3

import PackageDescription

// A separate package, so that Timepiece itself has no dependencies.
let package = Package(
    name: "timepiece-comparison",
    dependencies: [
        .package(name: "timepiece", path: "../.."),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", exact: "0.2.0"),
    ],
    targets: [
        .executableTarget(
            name: "HistogramComparison",
            dependencies: [
                .product(name: "Timepiece", package: "timepiece"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
