import Glibc

/// The name the kernel gave to this run of the machine, without which an instant since boot means nothing to a reader.
enum BootIdentity {
    /// The name, as `/proc/sys/kernel/random/boot_id` has it; one of this process' own where there is no such file.
    static let current: String = read() ?? "process-" + String(UInt64.random(in: .min ... .max), radix: 16)

    private static func read() -> String? {
        let file = unsafe open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(file, $0.baseAddress, $0.count) }
        guard count > 0 else { return nil }
        let text = bytes.prefix(count).prefix { $0 > 0x20 }
        return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
    }
}
