// swift-tools-version: 6.3

import Foundation
import PackageDescription

let version = "0.1.0"

/// Whether the project builds itself: the Makefile says so, or it is `swift build` in this folder. `TIMEPIECE_STRICT=0` says
/// no. Where another package depends on this one, a warning of a newer compiler is not an error, and Xcode's build system
/// does not allow another setting.
let isStrict =
    Context.environment["TIMEPIECE_STRICT"].map { $0 != "0" }
    ?? (Context.environment["PWD"] == Context.packageDirectory)

/// Every Swift target is held to the same rules.
let strict: [SwiftSetting] =
    [
        .strictMemorySafety(),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ] + (isStrict ? [.treatAllWarnings(as: .error)] : [])

let strictC: [CSetting] =
    [
        .enableWarning("all"),
        .enableWarning("extra"),
        // Of C alone: what it makes of poll and recv in newer versions of glibc is ambiguous to Swift.
        .define("_FORTIFY_SOURCE", to: "2", .when(configuration: .release)),
    ] + (isStrict ? [.treatAllWarnings(as: .error)] : [])

/// Whether SwiftPM is to look for GStreamer. A package that depends on the timing library alone, on a machine without
/// GStreamer, does not have to install it; TimepieceMessages then says what is missing when it is compiled.
let looksForGStreamer: Bool = {
    guard !isStrict else { return true }
    let pkgConfig = Process()
    pkgConfig.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    pkgConfig.arguments = ["pkg-config", "--exists", "gstreamer-video-1.0"]
    pkgConfig.standardError = FileHandle.nullDevice
    guard (try? pkgConfig.run()) != nil else { return false }
    pkgConfig.waitUntilExit()
    return pkgConfig.terminationStatus == 0
}()

let package = Package(
    name: "timepiece",
    // The timing library alone; not built there yet.
    platforms: [.macOS(.v26), .iOS(.v26), .tvOS(.v26), .watchOS(.v26), .visionOS(.v26)],
    products: [
        .library(name: "Timepiece", targets: ["Timepiece"]),
        .library(name: "TimepieceCloudWatch", targets: ["TimepieceCloudWatch"]),
        .library(name: "TimepieceOpenTelemetry", targets: ["TimepieceOpenTelemetry"]),
        .library(name: "TimepieceTelemetry", targets: ["TimepieceTelemetry"]),
        .library(name: "TimepieceMessages", targets: ["TimepieceMessages"]),
        .library(name: "CGStreamer", targets: ["CGStreamer"]),
        .library(name: "CUserSocket", targets: ["CUserSocket"]),
        // GStreamer derives the name of the entry point from the file name libgsttimepiece.so.
        .library(name: "gsttimepiece", type: .dynamic, targets: ["GstTimepiece", "TimepieceBridge"]),
    ],
    targets: [
        // Timing: no network, no Foundation, of C one call of the kernel's.
        .target(
            name: "Timepiece",
            dependencies: [.target(name: "CLinux", condition: .when(platforms: [.linux, .android]))],
            swiftSettings: strict),

        // System libraries.
        .systemLibrary(name: "CLinux"),
        // These are not linked but loaded by the first publisher, or the first page.
        .target(name: "CLazyLibrary", cSettings: strictC),
        .target(name: "CCurl", dependencies: ["CLazyLibrary"], cSettings: strictC),
        .target(name: "COpenSSL", dependencies: ["CLazyLibrary"], cSettings: strictC),
        .target(name: "CSQLite", dependencies: ["CLazyLibrary"], cSettings: strictC),
        .target(name: "CZlib", dependencies: ["CLazyLibrary"], cSettings: strictC),
        .target(name: "CMicroHTTPD", dependencies: ["CLazyLibrary"], cSettings: strictC),
        .systemLibrary(
            name: "CGStreamer", pkgConfig: looksForGStreamer ? "gstreamer-video-1.0" : nil,
            providers: looksForGStreamer
                ? [.apt(["libgstreamer1.0-dev", "libgstreamer-plugins-base1.0-dev"])] : nil),
        .systemLibrary(
            name: "CGStreamerCheck", pkgConfig: looksForGStreamer ? "gstreamer-check-1.0" : nil,
            providers: looksForGStreamer ? [.apt(["libgstreamer1.0-dev"])] : nil),

        // Statistics to CloudWatch.
        .target(
            name: "TimepieceCloudWatch",
            dependencies: ["Timepiece", "TimepieceTelemetry", "CCurl", "COpenSSL", "CSQLite", "CZlib"],
            swiftSettings: strict),

        // Statistics to Prometheus and OpenTelemetry.
        .target(
            name: "TimepieceTelemetry", dependencies: ["Timepiece", "CMicroHTTPD"], swiftSettings: strict),

        // The same to receivers of OpenTelemetry's protocol, by the sender that CloudWatch has.
        .target(
            name: "TimepieceOpenTelemetry", dependencies: ["Timepiece", "TimepieceCloudWatch", "TimepieceTelemetry"],
            swiftSettings: strict),

        // Lines for a file, and for readers of the same user.
        .target(name: "CUserSocket", cSettings: strictC),
        .target(name: "TimepieceLines", dependencies: ["Timepiece", "CUserSocket"], swiftSettings: strict),

        // The measurements of the elements. No C types; time is a parameter.
        .target(name: "TimepieceMeters", dependencies: ["Timepiece"], swiftSettings: strict),

        // The contract between C and Swift, and the contract kept.
        .target(name: "CTimepiece", cSettings: strictC),
        .target(
            name: "TimepieceBridge",
            dependencies: [
                "CTimepiece", "Timepiece", "TimepieceLines", "TimepieceMeters", "TimepieceCloudWatch",
                "TimepieceOpenTelemetry", "TimepieceTelemetry",
            ],
            swiftSettings: strict),

        // The elements: C, and GStreamer only. It links to the bridge through the contract alone.
        .target(
            name: "GstTimepiece",
            dependencies: ["CTimepiece", "CGStreamer"],
            path: "gst",
            cSettings: strictC + [
                .define("PACKAGE", to: "\"timepiece\""),
                // The file name in a line of GStreamer's log, without the folder of the build.
                .define("__FILE__", to: "__FILE_NAME__"),
                .disableWarning("builtin-macro-redefined"),
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
        .testTarget(
            name: "TimepieceTelemetryTests", dependencies: ["TimepieceTelemetry", "Timepiece"],
            swiftSettings: strict),
        .testTarget(
            name: "TimepieceTests", dependencies: ["Timepiece", "TestEnvironment"],
            exclude: ["Ancestor/facts.tsv", "Ancestor/oracle.py"], swiftSettings: strict),
        .testTarget(
            name: "TimepieceMetersTests", dependencies: ["TimepieceMeters", "Timepiece"], swiftSettings: strict),
        // The settings of the tests in the environment: the seed, and the tolerance for slow machines.
        .target(name: "TestEnvironment", path: "Tests/TestEnvironment", swiftSettings: strict),
        // Publishes into a spool until a test kills it.
        .executableTarget(
            name: "SpoolVictim",
            dependencies: ["Timepiece", "TimepieceCloudWatch", "TestEnvironment"],
            path: "Tests/SpoolVictim",
            swiftSettings: strict),
        .testTarget(
            name: "TimepieceCloudWatchTests",
            dependencies: [
                "TimepieceCloudWatch", "TimepieceOpenTelemetry", "TimepieceTelemetry", "SpoolVictim", "TestEnvironment",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "GstTimepieceTests",
            dependencies: [
                "GstTimepiece", "TimepieceBridge", "TimepieceMeters", "Timepiece", "CTimepiece", "CGStreamerCheck",
                "TestEnvironment",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "TimepieceMessagesTests", dependencies: ["TimepieceMessages", "CGStreamer"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
