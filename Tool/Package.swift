// swift-tools-version: 6.3

import PackageDescription

/// A package of its own: the plugin gets no dependency from it.
let package = Package(
    name: "timepiece-tool",
    products: [.executable(name: "timepiece", targets: ["TimepieceTool"])],
    dependencies: [
        .package(name: "timepiece", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    ],
    targets: [
        // What signal handlers and ioctl want in C.
        .target(
            name: "CTerminal",
            cSettings: [.enableWarning("all"), .enableWarning("extra"), .treatAllWarnings(as: .error)]),
        // The page of a report, embedded by a directive of C23.
        .target(
            name: "CReportPage", exclude: ["report.html"],
            cSettings: [
                .enableWarning("all"), .enableWarning("extra"), .disableWarning("c23-extensions"),
                .treatAllWarnings(as: .error),
            ]),
        .executableTarget(
            name: "TimepieceTool",
            dependencies: [
                "CReportPage",
                "CTerminal",
                .product(name: "TimepieceMessages", package: "timepiece"),
                .product(name: "TimepieceCloudWatch", package: "timepiece"),
                .product(name: "CGStreamer", package: "timepiece"),
                .product(name: "CUserSocket", package: "timepiece"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: [
                .strictMemorySafety(), .treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny"),
            ]),
        .testTarget(
            name: "TimepieceToolTests",
            dependencies: ["TimepieceTool", .product(name: "TimepieceMessages", package: "timepiece")]),
    ],
    swiftLanguageModes: [.v6]
)
