import CGStreamer
import Glibc

/// The machine and the versions in a recording.
enum RecordingEnvironment {
    /// The names and values, in the order to show them; values that the system does not provide are left out.
    static func current() -> [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        func add(_ name: String, _ value: String?) {
            if let value, !value.isEmpty { members.append(.init(name, .string(value))) }
        }
        var system = utsname()
        if unsafe uname(&system) == 0 {
            add("host", text(system.nodename))
            add("kernel", "\(text(system.sysname)) \(text(system.release)) \(text(system.machine))")
        }
        let processors = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        let model = firstLine(of: "/proc/cpuinfo") { $0.hasPrefix("model name") || $0.hasPrefix("Model") }
        let name = model.flatMap { $0.split(separator: ":").dropFirst().first }.map { $0.drop { $0 == " " } }
        add("cpu", processors > 0 ? "\(processors) × \(name ?? "processor")" : name.map(String.init))
        add(
            "system",
            firstLine(of: "/etc/os-release") { $0.hasPrefix("PRETTY_NAME=") }.map { line in
                line.dropFirst("PRETTY_NAME=".count).filter { $0 != "\"" }
            })
        if let version = unsafe gst_version_string() {
            add("gstreamer", unsafe String(cString: version))
            unsafe g_free(version)
        }
        if let plugin = unsafe gst_registry_find_plugin(gst_registry_get(), "timepiece") {
            add("plugin", unsafe gst_plugin_get_version(plugin).map { unsafe String(cString: $0) })
            unsafe gst_object_unref(UnsafeMutableRawPointer(plugin))
        }
        add("tool", TimepieceCommand.configuration.version)
        return members
    }

    /// The time of day: UTC, to the millisecond, as in 2026-11-22T12:00:00.250Z.
    static func now() -> String {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        var parts = unsafe tm()
        unsafe gmtime_r(&time.tv_sec, &parts)
        func padded(_ number: Int, _ digits: Int = 2) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        let date = unsafe [Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)].map { padded($0) }
        let clock = unsafe [Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec)].map { padded($0) }
        let fraction = padded(time.tv_nsec / 1_000_000, 3)
        return date.joined(separator: "-") + "T" + clock.joined(separator: ":") + ".\(fraction)Z"
    }

    /// A text of the kernel, which ends at its first zero.
    private static func text<Characters>(_ characters: Characters) -> String {
        unsafe withUnsafeBytes(of: characters) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    /// The requested line of a file of the system.
    private static func firstLine(of path: String, _ isWanted: (Substring) -> Bool) -> Substring? {
        guard let file = unsafe fopen(path, "re") else { return nil }
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 14)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe fread($0.baseAddress, 1, $0.count, file) }
        let lines = String(decoding: bytes[..<min(count, bytes.count)], as: UTF8.self).split(separator: "\n")
        return lines.first(where: isWanted)
    }
}
