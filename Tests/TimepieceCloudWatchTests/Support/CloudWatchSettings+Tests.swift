import Glibc
import Timepiece
@testable import TimepieceCloudWatch

/// A secret that must be found nowhere.
let testSecret = "very/secret+key/of-the-tests"
/// A token that must be found nowhere.
let testToken = "very-secret-token-of-the-tests"

extension CloudWatchSettings {
    /// Settings that reach nothing but the endpoint given, with a spool of their own.
    static func test(endpoint: String, spool: String, device: String = "cam-01") -> CloudWatchSettings {
        var settings = CloudWatchSettings(namespace: "Test/Video")
        settings.dimensions = [(name: "Device", value: device)]
        settings.region = "us-east-1"
        settings.accessKey = "AKIATEST"
        settings.secretAccessKey = testSecret
        settings.sessionToken = testToken
        settings.endpointURI = endpoint
        settings.spool = spool
        settings.environment = .isolated
        return settings
    }
}

extension Environment {
    /// No variable, and no file of the user's own.
    static var isolated: Environment {
        Environment([
            "AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
            "AWS_EC2_METADATA_DISABLED": "true",
        ])
    }
}

/// Waits until something is true; false if that takes more than a minute.
func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
    for _ in 0..<6000 {
        if try condition() { return true }
        usleep(10_000)
    }
    return false
}
