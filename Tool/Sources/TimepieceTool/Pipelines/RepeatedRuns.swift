/// Records two pipelines several times, in turns, so that other load on the machine affects both.
enum RepeatedRuns {
    /// The order is ABBA: a drift of the machine affects both equally.
    ///
    /// - Parameters:
    ///   - words: `A… -- B…`, with or without a first `--`.
    ///   - limit: how long each run may take; without, ten seconds.
    static func record(
        _ words: [String], times: Int, limit: Duration?
    ) throws -> (before: [RecordingSummary], after: [RecordingSummary]) {
        let parts = words.split(separator: "--").map(Array.init)
        guard parts.count == 2 else {
            throw Failure(
                .usage,
                "--repeat takes two descriptions, each after --, as in: timepiece compare --repeat 5 -- videotestsrc ! "
                    + "fakesink -- audiotestsrc ! fakesink")
        }
        try Pipeline.startGStreamer()
        Tracer.start(interval: nil)
        let progress = Progress()
        defer { progress.clear() }
        var runs: [[RecordingSummary]] = [[], []]
        for turn in 0..<2 * times {
            let side = [0, 1, 1, 0][turn % 4]
            let launch = LaunchWords(parts[side])
            let pipeline = try Pipeline(words: Pipeline.checkedWords(launch.words), interval: nil)
            let run = PipelineRun(pipeline, limit: limit ?? .seconds(10))
            var summary = RecordingSummary(name: "run \(runs[side].count + 1)", header: pipeline.header)
            var failure: String?
            run.onEvent = { now, event in
                if case .failure(let source, let text) = event { failure = failure ?? "\(source): \(text)" }
                if let content = RecordedEvent.Content(event) { summary.take(RecordedEvent(at: now, content)) }
            }
            run.onBeat = { now in
                progress.show("run \(turn + 1) of \(2 * times), \(side == 0 ? "before" : "after"), \(Texts.clock(now))")
            }
            let reason = try run.run()
            guard reason != .failed else {
                throw Failure(.pipeline, "Run \(turn + 1) failed: \(failure ?? "it did not start").")
            }
            if reason == .stopped, run.wasInterrupted { throw Failure(.usage, "Interrupted in run \(turn + 1).") }
            summary.end(at: run.elapsed, reason)
            runs[side].append(summary)
        }
        return (runs[0], runs[1])
    }
}
