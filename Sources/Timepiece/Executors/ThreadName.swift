import Glibc

/// Names the calling thread for `top -H` and debuggers, in at most 15 bytes; the call that pthreads has for it is not
/// visible in Swift.
package func nameThread(_ name: StaticString) {
    let file = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    _ = unsafe write(file, name.utf8Start, name.utf8CodeUnitCount)
    close(file)
}
