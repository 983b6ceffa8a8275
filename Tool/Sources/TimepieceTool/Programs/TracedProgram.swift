import CUserSocket
import Glibc

/// A program that is started with the tracer, or that already runs with it, and the reports of its tracers.
///
/// All calls are made on the thread that called ``run()``.
final class TracedProgram {
    /// Called with each event and the time since the start.
    var onEvent: (Duration, PipelineEvent) throws -> Void = { _, _ in }
    /// Called a few times a second, for values that change without an event.
    var onBeat: (Duration) throws -> Void = { _ in }
    private var inputs: [(descriptor: Int32, take: ([UInt8]) throws -> Void)] = []

    private let start = monotonicNow()
    private var listening: Int32 = -1
    private var path: String?
    private var child: pid_t?
    private var readers: [TraceReader] = []
    private var stopping: Duration?
    private var signals = 0
    /// Whether any tracer connected.
    private(set) var wasTraced = false

    /// Set by the handler of signals.
    nonisolated(unsafe) private static var interrupted: Int32 = 0

    /// How long the program has run.
    var elapsed: Duration { monotonicNow() - start }

    /// Attaches to a process that was started with `socket=auto`.
    init(attachedTo process: Int32) throws(Failure) {
        readers = [TraceReader(try TraceSocket.connect(to: process))]
        wasTraced = true
    }

    /// Starts a program with the tracer in its environment.
    ///
    /// - Parameters:
    ///   - words: the program and its arguments.
    ///   - interval: between reports.
    ///   - output: the descriptor of its standard output, if not the tool's.
    ///   - hasTerminal: whether it may read the keys.
    init(starting words: [String], interval: Duration?, output: Int32? = nil, hasTerminal: Bool) throws(Failure) {
        let socket = try TraceSocket.listen()
        (listening, path) = (socket.descriptor, socket.path)
        var parameters = "connect=\(socket.path)"
        if let interval { parameters += ",interval=\(interval.nanoseconds)ns" }
        Self.prepareEnvironment(parameters)
        child = try Self.spawn(words, output: output, hasTerminal: hasTerminal)
    }

    deinit {
        for reader in readers { close(reader.descriptor) }
        if listening >= 0 { close(listening) }
        if let path { unsafe unlink(path) }
    }

    func onInput(_ descriptor: Int32, _ take: @escaping ([UInt8]) throws -> Void) {
        inputs.append((descriptor, take))
    }

    /// Asks the program to end, and after two seconds ends it; an attached one is left running.
    func stop() {
        if stopping == nil { stopping = elapsed }
    }

    /// Runs until the program ends.
    ///
    /// - Returns: its exit status, as in a shell; 0 for an attached one.
    func run() throws -> Int32 {
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number) { unsafe TracedProgram.interrupted = $0 } }
        defer { for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_DFL) } }
        // The tool exits with the program's status, and nothing is deinitialized then.
        defer { if let path { unsafe unlink(path) } }
        try onBeat(.zero)
        var status: Int32?
        var ended: Duration?
        while true {
            try wait()
            acceptReaders()
            try readAll()
            try onBeat(elapsed)
            if let child {
                if status == nil { status = Self.status(of: child) }
                if status != nil, ended == nil { ended = elapsed }
                forwardSignals(to: child, hasEnded: status != nil)
                // Its last output is read, without waiting for programs that it left behind.
                if let ended, readers.isEmpty || elapsed - ended > .seconds(1) { return status ?? 0 }
            } else if unsafe readers.isEmpty || stopping != nil || Self.interrupted != 0 {
                return 0
            }
        }
    }

    private func wait() throws {
        var polled = readers.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        if listening >= 0 { polled.append(pollfd(fd: listening, events: Int16(POLLIN), revents: 0)) }
        let first = polled.count
        polled += inputs.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        _ = unsafe poll(&polled, nfds_t(polled.count), 100)
        for (input, polled) in zip(inputs, polled[first...]) where polled.revents != 0 {
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = unsafe bytes.withUnsafeMutableBytes {
                unsafe Glibc.read(input.descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EAGAIN || errno == EINTR { continue }
            if count <= 0 { inputs.removeAll { $0.descriptor == input.descriptor } }
            try input.take(Array(bytes[..<max(0, count)]))
        }
    }

    private func acceptReaders() {
        guard listening >= 0 else { return }
        while case let descriptor = timepiece_accept(listening), descriptor >= 0 {
            guard TraceSocket.isOwn(descriptor) else {
                close(descriptor)
                continue
            }
            wasTraced = true
            readers.append(TraceReader(descriptor))
        }
    }

    private func readAll() throws {
        for index in readers.indices.reversed() {
            guard let events = readers[index].read() else {
                close(readers[index].descriptor)
                readers.remove(at: index)
                continue
            }
            for event in events {
                if let event = PipelineEvent(event.content) { try onEvent(elapsed, event) }
            }
        }
    }

    /// Ctrl-C reaches the program directly only if it is in the terminal's foreground.
    private func forwardSignals(to child: pid_t, hasEnded: Bool) {
        guard !hasEnded else { return }
        let number = unsafe Self.interrupted
        if number != 0 {
            if signals > 0 || number != SIGINT { kill(child, number) }
            signals += 1
            unsafe Self.interrupted = 0
        }
        guard let stopping else { return }
        let waited = elapsed - stopping
        kill(child, waited < .seconds(2) ? SIGINT : waited < .seconds(5) ? SIGTERM : SIGKILL)
    }

    /// Adds the tracer to those of the environment, and the plugin beside the tool to the search path.
    private static func prepareEnvironment(_ parameters: String) {
        var tracers = "timepiece(\(parameters))"
        if let others = unsafe getenv("GST_TRACERS"), unsafe others.pointee != 0 {
            tracers = unsafe String(cString: others) + ";" + tracers
        }
        unsafe setenv("GST_TRACERS", tracers, 1)
        let name = unsafe getenv("GST_PLUGIN_PATH_1_0") != nil ? "GST_PLUGIN_PATH_1_0" : "GST_PLUGIN_PATH"
        for folder in PluginFolders.besideTool where unsafe access(folder + "/libgsttimepiece.so", R_OK) == 0 {
            let others = unsafe getenv(name).map { unsafe String(cString: $0) } ?? ""
            unsafe setenv(name, others.isEmpty ? folder : others + ":" + folder, 1)
            break
        }
    }

    private static func spawn(_ words: [String], output: Int32?, hasTerminal: Bool) throws(Failure) -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        if let output { unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) }
        if !hasTerminal { unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0) }
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // The tool ignores it; a program would inherit that.
        var pipe = sigset_t()
        unsafe sigemptyset(&pipe)
        unsafe sigaddset(&pipe, SIGPIPE)
        unsafe posix_spawnattr_setsigdefault(&attributes, &pipe)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        var child = pid_t()
        let code = unsafe posix_spawnp(&child, words[0], &actions, &attributes, &arguments, environ)
        guard code == 0 else {
            throw Failure(
                .noInput, "The program \(words[0]) cannot be started: \(unsafe String(cString: strerror(code))).")
        }
        return child
    }

    /// Its status if it has ended, as in a shell.
    private static func status(of child: pid_t) -> Int32? {
        var status: Int32 = 0
        guard unsafe waitpid(child, &status, WNOHANG) == child else { return nil }
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }
}

extension PipelineEvent {
    /// The report of a tracer.
    fileprivate init?(_ content: RecordedEvent.Content) {
        switch content {
        case .message(let fields): self = .message(fields)
        case .warning(let source, let text): self = .warning(source: source, text: text)
        case .failure(let source, let text): self = .failure(source: source, text: text)
        // Tracers write only this and the end.
        default: return nil
        }
    }
}
