extension RecordingSummary {
    /// The verdict of each stream, in their order.
    var verdicts: [StreamVerdict] {
        let clock = WallClock(started: recording.header.started)
        var stalls: [String: [Incident]] = [:]
        for incident in incidents where incident.kind == .stall { stalls[incident.label, default: []].append(incident) }
        return streams.map {
            StreamVerdict(
                $0, stalls: stalls[$0.label] ?? [], end: recording.end, duration: recording.duration,
                isLive: recording.isLive,
                time: clock.text)
        }
    }

    /// The conclusion of the whole, in one line.
    func conclusion(_ verdicts: [StreamVerdict]) -> (level: StreamVerdict.Level, text: String) {
        if recording.end == .failed {
            let error = incidents.last { $0.kind == .error }
            return (.bad, "The pipeline failed" + (error.map { ": \($0.label): \($0.text)" } ?? "."))
        }
        guard !verdicts.isEmpty else {
            if elements.isUsuallySlow, let bottleneck = elements.bottleneck { return (.warning, bottleneck.reason) }
            if let reason = elements.lastReason { return (.good, reason) }
            return watchSeries.isEmpty
                ? (.warning, "Nothing was measured: no window of a Timepiece element closed while it ran.")
                : (.good, "No stream was measured, only watches.")
        }
        func names(_ level: StreamVerdict.Level) -> [String] {
            zip(streams, verdicts).filter { $0.1.level == level }.map(\.0.label)
        }
        func sentence(_ names: [String], _ one: String, _ more: String) -> String {
            if names.count == 1 { return "\(names[0]) \(one)" }
            return names.count <= 3
                ? names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1] + " \(more)"
                : "\(names.count) of \(verdicts.count) streams \(more)"
        }
        let (bad, warning) = (names(.bad), names(.warning))
        if bad.isEmpty, warning.isEmpty {
            return (.good, verdicts.count == 1 ? "The stream runs well." : "All \(verdicts.count) streams run well.")
        }
        var parts: [String] = []
        if !bad.isEmpty { parts.append(sentence(bad, "has a serious fault", "have serious faults")) }
        if !warning.isEmpty { parts.append(sentence(warning, "has a fault", "have faults")) }
        return (bad.isEmpty ? .warning : .bad, parts.joined(separator: "; ") + ".")
    }
}
