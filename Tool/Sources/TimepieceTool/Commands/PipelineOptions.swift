import ArgumentParser

/// What top and record have in common.
struct PipelineOptions: ParsableArguments {
    @Flag(help: "Put a watch in front of every element, to see what each takes.")
    var watchEveryElement = false

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("A pipeline as for gst-launch-1.0, after --.", valueName: "description"))
    var description: [String] = []

    func makePipeline() throws(Failure) -> Pipeline {
        // The marker itself is passed through too.
        let words = description.first == "--" ? Array(description.dropFirst()) : description
        if let word = words.first, word.hasPrefix("-") {
            throw Failure(
                .usage, "The option \(word) is unknown; `timepiece help` lists them. Put -- before the description.")
        }
        let checked = try Pipeline.checkedWords(words)
        try Pipeline.startGStreamer()
        return try Pipeline(words: checked, watchEveryElement: watchEveryElement)
    }
}
