#if os(Linux) || os(Android)
    import CLinux
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Android)
    import Android
#elseif canImport(Darwin)
    import Darwin
#endif

/// A fence whose rare side pays for both: a fence here is a fence in every thread of the process.
///
/// Where two threads each write a word and then read the other's, both need a full fence between the two, or neither may
/// see the other. A buffer would pay for it each time: on x86 the instruction waits until all earlier writes have left
/// the processor's store buffer. Linux can run it on all processors that run this process, for the reader that comes once
/// a window (membarrier(2), private expedited, since 4.14); then the writer needs none, and only has to keep the
/// compiler from moving one access across the other. On arm64 the ordered store and load cost little, so nothing is gained.
enum ProcessFence {
    /// Whether readers fence for writers. If not, as with older kernels or where a sandbox refuses the call, each fences.
    static let isAvailable: Bool = {
        #if (os(Linux) || os(Android)) && arch(x86_64)
            register()
        #else
            false
        #endif
    }()

    /// Returns when every other thread has passed a full fence since the call. Only where ``isAvailable``.
    ///
    /// About a microsecond, and as much for each processor that runs the process.
    static func fence() {
        #if os(Linux) || os(Android)
            if call(MEMBARRIER_CMD_PRIVATE_EXPEDITED) { return }
            // A process that was forked may have to say again that it wants this.
            if register(), call(MEMBARRIER_CMD_PRIVATE_EXPEDITED) { return }
        #endif
        // A sandbox that came later refuses it. A processor writes its stores out in finite time, much shorter than this.
        usleep(10_000)
    }

    #if os(Linux) || os(Android)
        private static func register() -> Bool {
            call(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED)
        }

        private static func call(_ command: membarrier_cmd) -> Bool {
            timepiece_membarrier(Int32(bitPattern: command.rawValue)) == 0
        }
    #endif
}
