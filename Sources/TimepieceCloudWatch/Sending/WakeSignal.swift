import Glibc
import Timepiece

/// A bell between threads: one waits for it for a time, others ring it.
///
/// A pipe, so that nothing but two numbers is shared and no lock is held while waiting.
final class WakeSignal: Sendable {
    private let reading: Int32
    private let writing: Int32

    /// Makes a bell; where the process has no descriptors left, waiting looks at the clock every 100 ms instead.
    init() {
        var ends: [Int32] = [-1, -1]
        let isMade = unsafe pipe(&ends) == 0
        reading = isMade ? ends[0] : -1
        writing = isMade ? ends[1] : -1
        for end in ends where isMade {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
    }

    deinit {
        guard reading >= 0 else { return }
        close(reading)
        close(writing)
    }

    /// Rings; whoever waits, or waits next, goes on at once. A full pipe has been rung often enough.
    func ring() {
        guard writing >= 0 else { return }
        var byte: UInt8 = 1
        _ = unsafe write(writing, &byte, 1)
    }

    /// Waits until it rings or the time is over; rings of before count as one.
    func wait(atMost duration: Duration) {
        // Rounded up, so that nobody comes a moment early and has to wait again.
        let milliseconds = Int32(clamping: max(0, duration.nanoseconds / 1_000_000) &+ 1)
        guard reading >= 0 else {
            usleep(UInt32(min(milliseconds, 100)) * 1000)
            return
        }
        var entry = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&entry, 1, milliseconds) > 0 else { return }
        var bytes = [UInt8](repeating: 0, count: 256)
        _ = unsafe read(reading, &bytes, bytes.count)
    }
}
