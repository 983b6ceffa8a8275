import Glibc
import Synchronization
import Timepiece

/// Runs a program to its end and reads its output, without a shell, within a time and a size.
enum ProgramOutput {
    private struct Running {
        /// Programs that have been started and have not been waited for.
        var processes: Set<pid_t> = []
        /// Whether this process is about to end.
        var isEnding = false
    }

    private static let running = Mutex(Running())

    /// Ends all running programs, with their child processes, as this process ends; later ones are not started.
    static func endAll() {
        running.withLock { running in
            running.isEnding = true
            for process in running.processes { kill(-process, SIGKILL) }
        }
    }

    /// Why there is no output.
    enum Failure: Error, Equatable {
        /// It could not be started, for the system's reason.
        case notStarted(Int32)
        /// It ended with a status other than 0, or by a signal.
        case failed(status: Int32)
        /// It ran longer than allowed and was killed.
        case timedOut
        /// It printed more than allowed and was killed.
        case tooLong

        /// The end of a sentence about the program.
        var reason: String {
            switch self {
            case .notStarted(let code): code == ENOENT ? "is not there" : "cannot be started (error \(code))"
            case .failed(let status): "ended with status \(status)"
            case .timedOut: "ran too long and was ended"
            case .tooLong: "printed too much and was ended"
            }
        }
    }

    /// Runs `words[0]`, looked up in the PATH of this process, with the rest as its arguments.
    ///
    /// The program has no input, its errors are not shown, and it inherits no open file of the host. Blocks until it
    /// has ended.
    static func run(
        _ words: [String], environment: Environment, within limit: Duration, bytes: Int
    ) throws(Failure) -> [UInt8] {
        var pipe: [Int32] = [-1, -1]
        guard unsafe Glibc.pipe(&pipe) == 0 else { throw .notStarted(errno) }
        let (reading, writing) = (pipe[0], pipe[1])
        for end in [reading, writing] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(reading) }
        var process: pid_t = 0
        let code = running.withLock { running in
            guard !running.isEnding else { return ECANCELED }
            let code = spawn(words, environment, output: writing, &process)
            if code == 0 { running.processes.insert(process) }
            return code
        }
        close(writing)
        guard code == 0 else { throw .notStarted(code) }
        let deadline = MonotonicInstant.now().advanced(by: limit)
        let output: [UInt8]
        let status: Int32
        do throws(Failure) {
            output = try read(reading, until: deadline, bytes: bytes)
            status = try wait(process, until: deadline)
        } catch {
            // Before it is waited for, so that its number is not another process' when all are ended.
            _ = running.withLock { $0.processes.remove(process) }
            kill(-process, SIGKILL)  // its group: a program is ended with its child processes
            var status: Int32 = 0
            while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
            throw error
        }
        guard status == 0 else { throw .failed(status: status) }
        return output
    }

    private static func spawn(
        _ words: [String], _ environment: Environment, output: Int32, _ process: inout pid_t
    ) -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        if let closeFrom = unsafe closeFrom {
            _ = unsafe closeFrom(&actions, 3)
        } else {
            for file in openFiles() where file > 2 { unsafe posix_spawn_file_actions_addclose(&actions, file) }
        }

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        var variables = unsafe environment.entries.map { unsafe strdup($0) } + [nil]
        defer { unsafe (arguments + variables).forEach { unsafe free($0) } }
        guard let name = unsafe arguments[0] else { return ENOENT }
        return unsafe posix_spawnp(&process, name, &actions, &attributes, &arguments, &variables)
    }

    /// `posix_spawn_file_actions_addclosefrom_np`, which glibc has from 2.34 on; nil where it is older.
    private static let closeFrom: (@convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32)? =
        {
            guard let function = unsafe dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") else { return nil }
            return unsafe unsafeBitCast(
                function, to: (@convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32).self)
        }()

    /// The open files of this process, for an older glibc; one that another thread opens meanwhile is missed.
    private static func openFiles() -> [Int32] {
        guard let directory = unsafe opendir("/proc/self/fd") else { return [] }
        defer { unsafe closedir(directory) }
        var files: [Int32] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { name in
                unsafe String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let file = Int32(name) { files.append(file) }
        }
        return files
    }

    /// Reads to the end of the output.
    private static func read(_ file: Int32, until deadline: MonotonicInstant, bytes: Int) throws(Failure) -> [UInt8] {
        var output: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        while true {
            let left = MonotonicInstant.now().duration(to: deadline).nanoseconds / 1_000_000
            guard left > 0 else { throw .timedOut }
            var question = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
            let ready = unsafe poll(&question, 1, Int32(clamping: left))
            guard ready > 0 else { continue }  // the time is up, or a signal arrived: checked above
            let count = unsafe Glibc.read(file, &part, part.count)
            guard count > 0 else { return output }
            output += part.prefix(count)
            guard output.count <= bytes else { throw .tooLong }
        }
    }

    /// Waits for the end of the program; 0 also if the host collects its children itself, so that the status is gone.
    private static func wait(_ process: pid_t, until deadline: MonotonicInstant) throws(Failure) -> Int32 {
        var status: Int32 = 0
        while true {
            // Waited for with the lock, so that its number is not another process' when all are ended.
            let (ended, code) = running.withLock { running in
                let ended = unsafe waitpid(process, &status, WNOHANG)
                let code = errno
                if ended == process || ended < 0 && code != EINTR { running.processes.remove(process) }
                return (ended, code)
            }
            if ended == process { return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f) }
            guard ended == 0 || code == EINTR else { return 0 }
            guard MonotonicInstant.now() < deadline else { throw .timedOut }
            poll(nil, 0, 5)  // its output has ended, so it is about to end too
        }
    }
}
