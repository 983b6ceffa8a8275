import ArgumentParser
import Glibc

/// The common options of top and record.
struct PipelineOptions: ParsableArguments {
    @Flag(help: "Show what every element does; that is always so.")
    var watchEveryElement = false

    @Option(help: "How often each element reports, such as 500ms (default: as the description says, else 1 s).")
    var interval: TimeSpan?

    @Option(help: "End the run after so long, such as 30s or 2m.")
    var duration: TimeSpan?

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp(
            "A pipeline as for gst-launch-1.0, after --; a whole gst-launch-1.0 command line is understood.",
            valueName: "description"))
    var description: [String] = []

    func makePipeline() throws(Failure) -> Pipeline {
        // The marker itself is passed through too.
        let given = description.first == "--" ? Array(description.dropFirst()) : description
        if let word = given.first, word.hasPrefix("-") {
            throw Failure(
                .usage,
                "The option \(word) is unknown; --help lists the options. Put -- before the description.")
        }
        let launch = LaunchWords(given)
        let words = try Pipeline.checkedWords(launch.words)
        for (name, value) in launch.environment { unsafe setenv(name, value, 1) }
        try Pipeline.startGStreamer()
        Tracer.start(interval: interval?.duration)
        return try Pipeline(words: words, interval: interval?.duration)
    }
}
