/// When buffers came into an element and went out of it: whatever it reads off the clock for a buffer lies between the
/// one and the other, on any machine under any load. So a bound on a measurement comes from the run that is measured.
struct Crossing: Sendable {
    private let sink: PadTimes
    private let source: PadTimes

    /// Begins to watch an element with the pads `sink` and `src`.
    init(_ element: Element) throws {
        sink = try PadTimes(element, pad: "sink")
        source = try PadTimes(element, pad: "src")
    }

    /// The buffers as they came in, and as they went out.
    var entries: [PadTimes.Passing] { sink.passings }
    var exits: [PadTimes.Passing] { source.passings }
}

extension Pipeline {
    /// Watches when buffers pass an element.
    func crossing(_ name: String) throws -> Crossing {
        try Crossing(try element(name))
    }
}
