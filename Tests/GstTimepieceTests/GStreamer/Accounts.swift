import CGStreamerCheck
import Testing

/// What passed the elements of a pipeline, counted beside them, to be held against what they say at the end: in every test
/// of a pipeline that plays to its end, without the test having to ask for it.
@safe final class Accounts: Sendable {
    /// An element under watch.
    private struct Entry {
        let name: String
        let element: Element
        let came: Watched<UInt64>
        let passed: Watched<UInt64>
        let probes: [PadProbe]
    }

    private let ticks: [Entry]
    private let starts: [Entry]
    /// The stops, and for each whether a path leads from each start.
    private let stops: [(name: String, element: Element)]

    /// Begins to count, before anything flows.
    init(_ pipeline: Element) throws {
        var (ticks, starts, stops): ([Entry], [Entry], [(String, Element)]) = ([], [], [])
        for (factory, element) in pipeline.timepieces {
            let name = element.name
            guard factory == "timepiecewatch" else {
                ticks.append(try Self.count(element, name))
                continue
            }
            guard case .other(let edge) = element.get("edge") else { continue }
            if edge.lowercased().hasSuffix("start") { starts.append(try Self.count(element, name)) }
            if edge.lowercased().hasSuffix("stop") { stops.append((name, element)) }
        }
        (self.ticks, self.starts, self.stops) = (ticks, starts, stops)
    }

    private static func count(_ element: Element, _ name: String) throws -> Entry {
        func count(_ pad: String, _ number: Watched<UInt64>) throws -> PadProbe {
            // Events and queries are not asked for: a probe for all would see them.
            try PadProbe(element, pad: pad, GST_PAD_PROBE_TYPE_BUFFER, GST_PAD_PROBE_TYPE_BUFFER_LIST) { sight in
                let isList = sight.type & GST_PAD_PROBE_TYPE_BUFFER_LIST.rawValue != 0
                let length = unsafe isList ? sight.list.map { unsafe UInt64(gst_buffer_list_length($0)) } ?? 0 : 1
                number.update { $0 += length }
            }
        }
        let (came, passed) = (Watched<UInt64>(0), Watched<UInt64>(0))
        let probes = [try count("sink", came), try count("src", passed)]
        return Entry(name: name, element: element, came: came, passed: passed, probes: probes)
    }

    /// Holds the messages up to the end of the stream against what passed: the sum of all `num-buffers` is what passed a
    /// tick, and laps, unmatched, merged and what is in flight together are what passed the starts of a stop.
    ///
    /// - Parameter isWhole: whether nothing was thrown away by a flush, and no lap has a pause in it.
    func expectBalance(_ messages: MessageLog, isWhole: Bool) {
        for tick in ticks where tick.element.get("post-messages") == .flag(true) && tick.element.pushes {
            let told = messages.ticks(from: tick.name).compactMap { $0.unsigned("num-buffers") }.reduce(0, +)
            // A flush comes between the two, and so does the alarm that ends the stream before a buffer.
            let (came, passed) = (tick.came.update { $0 }, tick.passed.update { $0 })
            let isRight = passed <= told && told <= came
            #expect(isRight, "\(tick.name) tells of \(told) buffers; \(came) came and \(passed) passed.")
        }
        for (name, element) in stops where element.get("post-messages") == .flag(true) {
            let reports = messages.structures("timepiece-watch", from: name).compactMap { try? WatchReport($0) }
            let upstream = element.upstream
            let watch = element.get("watch")
            let issued = starts.filter { upstream.contains($0.name) && $0.element.get("watch") == watch }
                .reduce(0) { $0 + $1.passed.update { $0 } }
            guard !reports.isEmpty, issued > 0 else { continue }
            let told = reports.issued
            let isRight = isWhole ? told == issued : told <= issued
            #expect(isRight, "\(name) accounts for \(told) of the \(issued) buffers that passed its starts.")
        }
    }
}

extension Element {
    var name: String {
        let object = unsafe UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: GstObject.self)
        guard let name = unsafe gst_object_get_name(object) else { return "" }
        defer { unsafe g_free(name) }
        return unsafe String(cString: name)
    }

    /// Whether buffers are pushed out of the element, and not pulled.
    fileprivate var pushes: Bool {
        guard let pad = unsafe gst_element_get_static_pad(pointer, "src") else { return false }
        defer { unsafe gst_object_unref(pad) }
        return unsafe pad.pointee.mode == GST_PAD_MODE_PUSH
    }

    /// The elements of the plugin inside a bin, with their factories.
    fileprivate var timepieces: [(factory: String, element: Element)] {
        var found: [(String, Element)] = []
        let bin = unsafe UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: GstBin.self)
        for factory in ["timepiecetick", "timepiecewatch"] {
            guard let iterator = unsafe gst_bin_iterate_all_by_element_factory_name(bin, factory) else { continue }
            unsafe Self.forEach(iterator) { object in
                unsafe gst_object_ref(object)
                unsafe found.append((factory, Element(taking: object.assumingMemoryBound(to: GstElement.self))))
            }
        }
        return found
    }

    /// The names of all elements that a path leads from, as far as it does not leave a bin.
    fileprivate var upstream: Set<String> {
        var names: Set<String> = []
        var next: [UnsafeMutablePointer<GstElement>] = unsafe [pointer]
        while let element = unsafe next.popLast() {
            guard let pads = unsafe gst_element_iterate_sink_pads(element) else { continue }
            unsafe Self.forEach(pads) { object in
                let pad = unsafe object.assumingMemoryBound(to: GstPad.self)
                guard let peer = unsafe gst_pad_get_peer(pad) else { return }
                defer { unsafe gst_object_unref(peer) }
                guard let parent = unsafe gst_pad_get_parent_element(peer) else { return }
                // The pipeline holds a reference, too.
                if names.insert(unsafe Element(taking: parent).name).inserted { unsafe next.append(parent) }
            }
        }
        return names
    }

    private static func forEach(
        _ iterator: UnsafeMutablePointer<GstIterator>, _ body: (UnsafeMutableRawPointer) -> Void
    ) {
        var value = GValue()
        while unsafe gst_iterator_next(iterator, &value) == GST_ITERATOR_OK {
            if let object = unsafe g_value_get_object(&value) { unsafe body(object) }
            unsafe g_value_reset(&value)
        }
        if value.g_type != 0 { unsafe g_value_unset(&value) }
        unsafe gst_iterator_free(iterator)
    }
}
