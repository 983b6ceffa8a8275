import TimepieceMessages

/// The tracer's report of a pipeline, as tables: the verdict, the elements, the queues, the threads.
struct PipelineTables {
    let pipeline: PipelineMessage
    let style: ScreenStyle
    /// Whether an element of a path is shown.
    var matches: (String) -> Bool = { _ in true }

    /// Whether any element is shown.
    var isEmpty: Bool { !pipeline.elements.contains { matches($0.path) } }

    func lines(width: Int) -> [String] {
        let verdict = TextTable.fit(
            style.plain("\(pipeline.pipeline): \(pipeline.bottleneck.reason)"), width, leading: true, style: style)
        var lines = [
            style.paint(verdict, pipeline.bottleneck.element == nil ? .green : .yellow)
        ]
        lines += elements.lines(width: width, style: style)
        if pipeline.queues.contains(where: { matches($0.path) }) {
            lines += [""] + queues.lines(width: width, style: style)
        }
        if !pipeline.threads.isEmpty { lines += [""] + threads.lines(width: width, style: style) }
        return lines
    }

    private var elements: TextTable {
        var table = TextTable(columns: [
            .init(title: "ELEMENT", rank: 0, isLeading: true), .init(title: "LOAD", rank: 0),
            .init(title: "WORK", rank: 8), .init(title: "P99", rank: 4), .init(title: "LONGEST", rank: 3),
            .init(title: "RATE", rank: 6), .init(title: "WAITS", rank: 5),
            .init(title: "FOR", rank: 5, isLeading: true),
            .init(title: "START", rank: 1),
        ])
        table.rows = pipeline.elements.filter { matches($0.path) }.map { element in
            let isSlow = element.path == pipeline.bottleneck.element
            let color: ScreenStyle.Color? = isSlow ? .yellow : nil
            let perBuffer = element.bufferCount > 0 ? element.workTime / Int(clamping: element.bufferCount) : .zero
            return [
                .init((isSlow ? "!" : "") + element.path, color), .init(Texts.percent(element.load), color),
                .init(Texts.duration(perBuffer), color), .init(Texts.duration(element.p99Work)),
                .init(Texts.duration(element.maxWork)), .init(Texts.rate(element.averageRate)),
                .init(share(element.waitTime)), .init(element.waitReason == "none" ? "" : element.waitReason),
                .init(element.startTime.map { Texts.duration($0) } ?? ""),
            ]
        }
        return table
    }

    private var queues: TextTable {
        var table = TextTable(columns: [
            .init(title: "QUEUE", rank: 0, isLeading: true), .init(title: "LEVEL", rank: 6),
            .init(title: "MOST", rank: 3), .init(title: "P50 DWELL", rank: 5), .init(title: "LONGEST", rank: 2),
            .init(title: "FULL", rank: 0), .init(title: "EMPTY", rank: 0), .init(title: "DROPPED", rank: 4),
        ])
        let several = Dictionary(grouping: pipeline.queues, by: \.path).filter { $0.value.count > 1 }
        table.rows = pipeline.queues.filter { matches($0.path) }.map { queue in
            [
                .init(several[queue.path] == nil ? queue.path : "\(queue.path).\(queue.pad)"),
                .init("\(queue.level)"), .init("\(queue.maxLevel)"), .init(Texts.duration(queue.p50Dwell)),
                .init(Texts.duration(queue.maxDwell)), .init(share(queue.fullTime)), .init(share(queue.emptyTime)),
                queue.droppedCount > 0 ? .init("\(queue.droppedCount)", .red) : .init("0"),
            ]
        }
        return table
    }

    private var threads: TextTable {
        var table = TextTable(columns: [
            .init(title: "THREAD", rank: 0, isLeading: true), .init(title: "CPU", rank: 0),
            .init(title: "WAITS FOR CPU", rank: 2), .init(title: "ELEMENTS", rank: 1, isLeading: true),
        ])
        table.rows = pipeline.threads.map { thread in
            [
                .init(thread.name), .init(share(thread.cpuTime)), .init(share(thread.runQueueTime)),
                .init(thread.elements.joined(separator: " ")),
            ]
        }
        return table
    }

    private func share(_ time: Duration) -> String {
        pipeline.duration > .zero ? Texts.percent(time / pipeline.duration) : "-"
    }
}
