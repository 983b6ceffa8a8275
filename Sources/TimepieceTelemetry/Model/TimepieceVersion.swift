/// The version of Timepiece, that of `Package.swift`.
package enum TimepieceVersion {
    package static let current = "0.1.0"
}
