// swift-tools-version: 6.3

import PackageDescription

let version = "0.1.0"

/// Every Swift target is held to the same rules.
let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let strictC: [CSetting] = [
    .enableWarning("all"),
    .enableWarning("extra"),
    .treatAllWarnings(as: .error),
    // Of C alone: what it makes of poll and recv in newer versions of glibc is ambiguous to Swift.
    .define("_FORTIFY_SOURCE", to: "2", .when(configuration: .release)),
]

let package = Package(
    name: "timepiece",
    products: [
        .library(name: "Timepiece", targets: ["Timepiece"]),
        .library(name: "TimepieceCloudWatch", targets: ["TimepieceCloudWatch"]),
        .library(name: "TimepieceMessages", targets: ["TimepieceMessages"]),
        .library(name: "CGStreamer", targets: ["CGStreamer"]),
        .library(name: "CUserSocket", targets: ["CUserSocket"]),
        // GStreamer derives the name of the entry point from the file name libgsttimepiece.so.
        .library(name: "gsttimepiece", type: .dynamic, targets: ["GstTimepiece", "TimepieceBridge"]),
    ],
    targets: [
        // Timing: no network, no Foundation, of C one call of the kernel's.
        .target(name: "Timepiece", dependencies: ["CLinux"], swiftSettings: strict),

        // Doors to the system.
        .systemLibrary(name: "CLinux"),
        // These three are not linked but loaded by the first who publishes; zlib is GStreamer's own anyway.
        .target(name: "CLazyLibrary", cSettings: strictC),
        .target(name: "CCurl", dependencies: ["CLazyLibrary"], cSettings: strictC),
        .target(name: "COpenSSL", dependencies: ["CLazyLibrary"], cSettings: strictC),
        .target(name: "CSQLite", dependencies: ["CLazyLibrary"], cSettings: strictC),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "CGStreamer", pkgConfig: "gstreamer-video-1.0",
            providers: [.apt(["libgstreamer1.0-dev", "libgstreamer-plugins-base1.0-dev"])]),
        .systemLibrary(
            name: "CGStreamerCheck", pkgConfig: "gstreamer-check-1.0", providers: [.apt(["libgstreamer1.0-dev"])]),

        // Statistics to CloudWatch.
        .target(
            name: "TimepieceCloudWatch",
            dependencies: ["Timepiece", "CCurl", "COpenSSL", "CSQLite", "CZlib"],
            swiftSettings: strict),

        // Lines for a file, and for readers of the same user.
        .target(name: "CUserSocket", cSettings: strictC),
        .target(name: "TimepieceLines", dependencies: ["Timepiece", "CUserSocket"], swiftSettings: strict),

        // What an element measures. No C types; time is a parameter.
        .target(name: "TimepieceMeters", dependencies: ["Timepiece"], swiftSettings: strict),

        // The contract between C and Swift, and the contract kept.
        .target(name: "CTimepiece", cSettings: strictC),
        .target(
            name: "TimepieceBridge",
            dependencies: ["CTimepiece", "Timepiece", "TimepieceLines", "TimepieceMeters", "TimepieceCloudWatch"],
            swiftSettings: strict),

        // The elements: C, and GStreamer only. It links to the bridge through the contract alone.
        .target(
            name: "GstTimepiece",
            dependencies: ["CTimepiece", "CGStreamer"],
            path: "gst",
            cSettings: strictC + [
                .define("PACKAGE", to: "\"timepiece\""),
                .define("TIMEPIECE_VERSION", to: "\"\(version)\""),
                // The oldest GStreamer 1.x to run on, and the GLib that it has at least; what is newer is not used.
                .define("TIMEPIECE_GSTREAMER_MINOR", to: "18"),
                .define("GLIB_VERSION_MIN_REQUIRED", to: "GLIB_VERSION_2_66"),
                .define("GLIB_VERSION_MAX_ALLOWED", to: "GLIB_VERSION_2_66"),
            ]),

        // The library's calls, one at a time, for `make bench-instructions`; not a product.
        .executableTarget(
            name: "LibraryBenchmark", dependencies: ["Timepiece"], path: "Benchmarks/LibraryBenchmark",
            swiftSettings: strict),
        .executableTarget(
            name: "SpoolBenchmark", dependencies: ["Timepiece", "TimepieceCloudWatch"],
            path: "Benchmarks/SpoolBenchmark", swiftSettings: strict),
        // For applications: what the elements say on the bus, typed.
        .target(name: "TimepieceMessages", dependencies: ["CGStreamer"], swiftSettings: strict),

        .testTarget(
            name: "TimepieceLinesTests", dependencies: ["TimepieceLines", "Timepiece", "CUserSocket"],
            swiftSettings: strict),
        .testTarget(name: "TimepieceTests", dependencies: ["Timepiece"], swiftSettings: strict),
        .testTarget(
            name: "TimepieceMetersTests", dependencies: ["TimepieceMeters", "Timepiece"], swiftSettings: strict),
        // Publishes into a spool until a test kills it.
        .executableTarget(
            name: "SpoolVictim",
            dependencies: ["Timepiece", "TimepieceCloudWatch"],
            path: "Tests/SpoolVictim",
            swiftSettings: strict),
        .testTarget(
            name: "TimepieceCloudWatchTests",
            dependencies: ["TimepieceCloudWatch", "SpoolVictim"],
            swiftSettings: strict),
        .testTarget(
            name: "GstTimepieceTests",
            dependencies: [
                "GstTimepiece", "TimepieceBridge", "TimepieceMeters", "Timepiece", "CTimepiece", "CGStreamerCheck",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "TimepieceMessagesTests", dependencies: ["TimepieceMessages", "CGStreamer"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
