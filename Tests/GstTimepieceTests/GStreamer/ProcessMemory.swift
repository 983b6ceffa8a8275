import Glibc

/// The memory of this process, as the kernel sees it.
enum ProcessMemory {
    /// The resident bytes, 0 if the kernel does not tell.
    static var resident: Int {
        guard let file = unsafe fopen("/proc/self/statm", "r") else { return 0 }
        defer { unsafe fclose(file) }
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { line in
            guard let text = unsafe fgets(line.baseAddress, 256, file) else { return 0 }
            let pages = unsafe String(cString: text).split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            return pages * Int(getpagesize())
        }
    }
}
