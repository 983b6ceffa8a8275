import CGStreamerCheck  // where the optimized build finds them
import Glibc
import Synchronization
import SwiftOverlayShims  // where this toolchain finds the members of dirent

/// The threads of this process, by the names the kernel knows.
enum ProcessThreads {
    /// Held by tests that count the threads of the reports, and by those of other suites that keep one busy for long.
    static let ofReports = Mutex(())

    /// Returns how many threads bear a name.
    static func count(named wanted: String) -> Int {
        guard let directory = unsafe opendir("/proc/self/task") else { return 0 }
        defer { unsafe closedir(directory) }
        var count = 0
        while let entry = unsafe readdir(directory) {
            let id = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !id.hasPrefix("."), name(ofThread: id) == wanted { count += 1 }
        }
        return count
    }

    private static func name(ofThread id: String) -> String? {
        guard let file = unsafe fopen("/proc/self/task/\(id)/comm", "r") else { return nil }
        defer { unsafe fclose(file) }
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { line in
            guard let text = unsafe fgets(line.baseAddress, 64, file) else { return nil }
            return unsafe String(String(cString: text).prefix { $0 != "\n" })
        }
    }
}
