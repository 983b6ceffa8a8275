import Glibc

/// The possible locations of the plugin relative to the tool.
enum PluginFolders {
    /// The folders, the nearest first: beside it, in the build, in the installation that it is a part of.
    static var besideTool: [String] {
        var path = [CChar](repeating: 0, count: 4096)
        let length = unsafe path.withUnsafeMutableBufferPointer { buffer in
            unsafe buffer.baseAddress.map { unsafe readlink("/proc/self/exe", $0, buffer.count) } ?? 0
        }
        guard length > 0, length < path.count else { return [] }
        let program = String(decoding: path[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let slash = program.lastIndex(of: "/") else { return [] }
        let folder = String(program[..<slash])
        var folders = [folder, folder + "/../release", folder + "/../../../../.build/release"]
        for library in ["lib", "lib64", "lib/x86_64-linux-gnu", "lib/aarch64-linux-gnu"] {
            folders.append("\(folder)/../\(library)/gstreamer-1.0")
        }
        return folders
    }
}
