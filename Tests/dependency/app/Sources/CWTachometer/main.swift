import Timepiece
import TimepieceCloudWatch

struct Identity {
    var applicationName: String?
    var deviceID: String?
}

// Prints what it would send.
var settings = CloudWatchSettings(namespace: "MyPanoramaMetrics")
settings.metricName = "frame_processing_time"
let identity = Identity()
settings.setDimensions([
    "application_name": identity.applicationName ?? "unknown", "device_id": identity.deviceID ?? "unknown",
])
settings.region = "us-east-1"
settings.dryRun = true
let tachometer = try TimepieceCloudWatch.CWTachometer(settings)

for _ in 0..<100 {
    tachometer.tick()
    // Here a frame is processed.
}
await tachometer.finish()
