// The names are those of the C header.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
import CTimepiece
import Glibc
import TimepieceLines

// The bodies of what timepiece.h declares for `TimepieceLines`, which is an unmanaged reference to a `LineOutput`.

@c @implementation
func timepiece_lines_new(
    _ file: UnsafePointer<CChar>?, _ socket: UnsafePointer<CChar>?, _ listener: UnsafePointer<CChar>?,
    _ header: UnsafePointer<CChar>, _ problem: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> OpaquePointer? {
    let destinations = unsafe LineOutput.Destinations(
        file: file.map { unsafe String(cString: $0) }, socket: socket.map { unsafe String(cString: $0) },
        listener: listener.map { unsafe String(cString: $0) })
    do {
        let lines = try unsafe LineOutput(destinations, header: String(cString: header))
        return unsafe OpaquePointer(Unmanaged.passRetained(lines).toOpaque())
    } catch {
        unsafe problem.pointee = unsafe strdup(error.sentence)
        return nil
    }
}

@c @implementation
func timepiece_lines_write(_ lines: OpaquePointer, _ line: UnsafePointer<CChar>) {
    unsafe lineOutput(lines).write(String(cString: line))
}

@c @implementation
func timepiece_lines_flush(_ lines: OpaquePointer) {
    unsafe lineOutput(lines).flush(within: .milliseconds(300))
}

@c @implementation
func timepiece_lines_close(_ lines: OpaquePointer) {
    unsafe lineOutput(lines).flush(within: .milliseconds(300))
    unsafe lineOutput(lines).close()
}

private func lineOutput(_ lines: OpaquePointer) -> LineOutput {
    unsafe Unmanaged<LineOutput>.fromOpaque(UnsafeRawPointer(lines)).takeUnretainedValue()
}
