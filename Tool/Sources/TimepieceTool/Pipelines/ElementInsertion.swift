import CGStreamer

/// Puts Timepiece's elements into a pipeline that was parsed.
///
/// An element goes in front of a sink pad: between it and its peer where it is linked already, and otherwise at the
/// moment it is linked, which for the pads of demuxers and decoders is while the pipeline starts.
enum ElementInsertion {
    /// Whether it has one of Timepiece's elements.
    static func hasTimepiece(_ bin: UnsafeMutablePointer<GstElement>) -> Bool {
        unsafe elements(of: bin).contains { unsafe factoryName($0).hasPrefix("timepiece") }
    }

    static func hasTick(_ bin: UnsafeMutablePointer<GstElement>) -> Bool {
        unsafe elements(of: bin).contains { unsafe factoryName($0) == "timepiecetick" }
    }

    /// Lets the ticks that were left at the default list every interval of a window.
    static func tellEveryInterval(of bin: UnsafeMutablePointer<GstElement>) {
        unsafe elements(of: bin).forEach { element in
            guard unsafe factoryName(element) == "timepiecetick" else { return }
            var value = GValue()
            unsafe g_value_init(&value, g_type_from_name("guint"))
            let object = unsafe UnsafeMutableRawPointer(element).assumingMemoryBound(to: GObject.self)
            unsafe g_object_get_property(object, "max-intervals", &value)
            if unsafe g_value_get_uint(&value) == defaultIntervals {
                unsafe g_value_set_uint(&value, recordedIntervals)
                unsafe g_object_set_property(object, "max-intervals", &value)
            }
            unsafe g_value_unset(&value)
        }
    }

    private static let defaultIntervals: UInt32 = 10
    /// A second at the rates of video and audio.
    private static let recordedIntervals: UInt32 = 1000

    /// Lets each of Timepiece's elements report so often, in nanoseconds.
    static func set(interval: UInt64, of bin: UnsafeMutablePointer<GstElement>) {
        unsafe elements(of: bin).forEach { element in
            if unsafe factoryName(element).hasPrefix("timepiece") { unsafe set(element, "interval", interval) }
        }
    }

    /// The labels of Timepiece's elements, and the names that those that are put in have, in the order of the description.
    static func labels(of bin: UnsafeMutablePointer<GstElement>, description: String) -> [String] {
        var found: [(place: DescriptionPlaces.Place, labels: [String])] = []
        let places = DescriptionPlaces(description)
        unsafe elements(of: bin).forEach { element in
            let factory = unsafe factoryName(element)
            let name = unsafe self.name(object(UnsafeMutableRawPointer(element)))
            var labels: [String] = []
            if factory.hasPrefix("timepiece") {
                unsafe addOwn(element) { labels.append($0) }
            } else {
                // What is put in front of it.
                unsafe eachSink(of: element) { pad in unsafe labels.append(self.name(of: element, pad: pad)) }
            }
            found.append((places.place(of: name, factory: factory), labels))
        }
        var seen: Set<String> = []
        return found.sorted { $0.place < $1.place }.flatMap(\.labels).filter { seen.insert($0).inserted }
    }

    /// The labels of the ticks that are in it now.
    static func tickLabels(of bin: UnsafeMutablePointer<GstElement>) -> [String] {
        var labels: [String] = []
        unsafe elements(of: bin).forEach { element in
            if unsafe factoryName(element) == "timepiecetick" { unsafe addOwn(element) { labels.append($0) } }
        }
        return labels
    }

    /// The names of the elements whose push waits rather than works: queues that are full, sinks that wait for the clock.
    static func waitingElements(of bin: UnsafeMutablePointer<GstElement>) -> Set<String> {
        var names: Set<String> = []
        unsafe elements(of: bin).forEach { element in
            let isQueue = unsafe ["queue", "queue2", "multiqueue", "clocksync"].contains(factoryName(element))
            guard unsafe isQueue || waitsForClock(element) else { return }
            unsafe eachSink(of: element) { pad in unsafe names.insert(self.name(of: element, pad: pad)) }
            unsafe names.insert(self.name(object(UnsafeMutableRawPointer(element))))
        }
        return names
    }

    private static func waitsForClock(_ element: UnsafeMutablePointer<GstElement>) -> Bool {
        guard unsafe element.pointee.object.flags & GST_ELEMENT_FLAG_SINK.rawValue != 0 else { return false }
        var value = GValue()
        let object = unsafe UnsafeMutableRawPointer(element).assumingMemoryBound(to: GObject.self)
        let kind = unsafe UnsafeMutableRawPointer(element.pointee.object.object.g_type_instance.g_class)
            .assumingMemoryBound(to: GObjectClass.self)
        guard unsafe g_object_class_find_property(kind, "sync") != nil else { return false }
        unsafe g_value_init(&value, g_type_from_name("gboolean"))
        defer { unsafe g_value_unset(&value) }
        unsafe g_object_get_property(object, "sync", &value)
        return unsafe g_value_get_boolean(&value) != 0
    }

    private static func addOwn(
        _ element: UnsafeMutablePointer<GstElement>, _ add: (String) -> Void
    ) {
        for property in ["label", "watch"] {
            var value = GValue()
            unsafe g_value_init(&value, g_type_from_name("gchararray"))
            defer { unsafe g_value_unset(&value) }
            let object = unsafe UnsafeMutableRawPointer(element).assumingMemoryBound(to: GObject.self)
            if property == "watch", unsafe factoryName(element) != "timepiecewatch" { continue }
            unsafe g_object_get_property(object, property, &value)
            let text = unsafe g_value_get_string(&value).map { unsafe String(cString: $0) }
            unsafe add(text ?? name(Self.object(UnsafeMutableRawPointer(element))))
        }
    }

    private static func eachSink(
        of element: UnsafeMutablePointer<GstElement>, _ take: (UnsafeMutablePointer<GstPad>) -> Void
    ) {
        var next = unsafe element.pointee.sinkpads
        while let node = unsafe next {
            if let data = unsafe node.pointee.data { unsafe take(data.assumingMemoryBound(to: GstPad.self)) }
            unsafe next = node.pointee.next
        }
    }

    /// Puts a watch, named after the element, in front of every element; returns how many.
    static func watchEveryElement(of bin: UnsafeMutablePointer<GstElement>, interval: UInt64?) -> Int {
        unsafe elements(of: bin).reduce(0) { count, element in
            guard unsafe !factoryName(element).hasPrefix("timepiece") else { return count }
            return unsafe count + insert(Addition(factory: "timepiecewatch", interval: interval), before: element)
        }
    }

    /// Puts a tick, labeled after the sink, in front of every sink; returns how many.
    static func tickBeforeEverySink(of bin: UnsafeMutablePointer<GstElement>, interval: UInt64?) -> Int {
        unsafe elements(of: bin).reduce(0) { count, element in
            guard unsafe element.pointee.object.flags & GST_ELEMENT_FLAG_SINK.rawValue != 0 else { return count }
            return unsafe count + insert(Addition(factory: "timepiecetick", interval: interval), before: element)
        }
    }

    /// The elements of the bin and of the bins that the description itself made, those of decodebin and such not.
    private static func elements(of bin: UnsafeMutablePointer<GstElement>) -> [UnsafeMutablePointer<GstElement>] {
        var found: [UnsafeMutablePointer<GstElement>] = unsafe []
        var next = unsafe Pipeline.bin(bin).pointee.children
        while let node = unsafe next {
            if let data = unsafe node.pointee.data {
                let child = unsafe data.assumingMemoryBound(to: GstElement.self)
                if unsafe Pipeline.instance(child).pointee.g_class.pointee.g_type == gst_bin_get_type() {
                    unsafe found += elements(of: child)
                } else {
                    unsafe found.append(child)
                }
            }
            unsafe next = node.pointee.next
        }
        // GStreamer lists the newest first.
        return unsafe found.reversed()
    }

    /// What is put in.
    private struct Addition {
        let factory: String
        /// In nanoseconds; nil is the element's own.
        let interval: UInt64?

        init(factory: String, interval: UInt64?) {
            self.factory = factory
            self.interval = interval
        }

        /// As one word, for a signal handler, which keeps no Swift value.
        var word: String { interval.map { "\(factory) \($0)" } ?? factory }

        init(word: String) {
            let parts = word.split(separator: " ")
            factory = parts.first.map(String.init) ?? ""
            interval = parts.dropFirst().first.flatMap { UInt64($0) }
        }
    }

    private static func insert(_ addition: Addition, before element: UnsafeMutablePointer<GstElement>) -> Int {
        var count = 0
        unsafe eachSink(of: element) { pad in
            if unsafe gst_pad_is_linked(pad) != 0 {
                count += unsafe splice(addition, before: pad) ? 1 : 0
            } else {
                unsafe insertWhenLinked(addition, pad)
                count += 1
            }
        }
        return count
    }

    private typealias Linked = @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, gpointer?) -> Void

    private static func insertWhenLinked(_ addition: Addition, _ pad: UnsafeMutablePointer<GstPad>) {
        let linked: Linked = { pad, peer, word in
            unsafe ElementInsertion.linked(pad, to: peer, word)
        }
        // GLib keeps the word for the life of the program.
        unsafe g_signal_connect_data(
            pad, "linked", unsafeBitCast(linked, to: GCallback.self), lasting(addition.word), nil, GConnectFlags(0))
    }

    private static func linked(
        _ pad: UnsafeMutableRawPointer?, to peer: UnsafeMutableRawPointer?, _ word: gpointer?
    ) {
        guard let pad = unsafe pad, let peer = unsafe peer, let word = unsafe word else { return }
        let addition = unsafe Addition(word: String(cString: word.assumingMemoryBound(to: CChar.self)))
        // Splicing links the pad again, to the element that was put in.
        if let parent = unsafe gst_pad_get_parent_element(peer.assumingMemoryBound(to: GstPad.self)) {
            defer { unsafe gst_object_unref(parent) }
            if unsafe factoryName(parent) == addition.factory { return }
        }
        _ = unsafe splice(addition, before: pad.assumingMemoryBound(to: GstPad.self))
    }

    private static func lasting(_ text: String) -> gpointer? {
        unsafe gpointer(mutating: g_intern_string(text))
    }

    /// Puts a new element between a linked sink pad and its peer.
    private static func splice(_ addition: Addition, before pad: UnsafeMutablePointer<GstPad>) -> Bool {
        guard let element = unsafe gst_pad_get_parent_element(pad) else { return false }
        defer { unsafe gst_object_unref(element) }
        guard let parent = unsafe gst_object_get_parent(object(element)) else { return false }
        defer { unsafe gst_object_unref(parent) }
        guard let peer = unsafe gst_pad_get_peer(pad) else { return false }
        defer { unsafe gst_object_unref(peer) }
        let name = unsafe self.name(of: element, pad: pad)
        guard let added = unsafe gst_element_factory_make(addition.factory, nil) else { return false }
        unsafe set(added, "label", name)
        if let interval = addition.interval { unsafe set(added, "interval", interval) }
        if addition.factory == "timepiecewatch" { unsafe set(added, "watch", name) }
        unsafe gst_bin_add(Pipeline.bin(parent), added)
        guard let sink = unsafe gst_element_get_static_pad(added, "sink"),
            let source = unsafe gst_element_get_static_pad(added, "src")
        else { return false }
        defer {
            unsafe gst_object_unref(sink)
            unsafe gst_object_unref(source)
        }
        unsafe gst_pad_unlink(peer, pad)
        // Without checks: the caps that fit before fit through an element that takes any.
        let unchecked = GST_PAD_LINK_CHECK_NOTHING
        unsafe gst_pad_link_full(source, pad, unchecked)
        unsafe gst_element_sync_state_with_parent(added)
        return unsafe gst_pad_link_full(peer, sink, unchecked) == GST_PAD_LINK_OK
    }

    /// The element's name, with the pad's if it has several; dots would mean a parent.
    private static func name(
        of element: UnsafeMutablePointer<GstElement>, pad: UnsafeMutablePointer<GstPad>
    ) -> String {
        var name = unsafe self.name(object(element))
        if unsafe element.pointee.numsinkpads > 1 { unsafe name += "-" + self.name(object(pad)) }
        return String(name.map { $0 == "." ? "-" : $0 })
    }

    private static func name(_ object: UnsafeMutablePointer<GstObject>) -> String {
        unsafe object.pointee.name.map { unsafe String(cString: $0) } ?? ""
    }

    private static func object(_ pointer: UnsafeMutableRawPointer) -> UnsafeMutablePointer<GstObject> {
        unsafe pointer.assumingMemoryBound(to: GstObject.self)
    }

    private static func factoryName(_ element: UnsafeMutablePointer<GstElement>) -> String {
        guard let factory = unsafe gst_element_get_factory(element) else { return "" }
        return unsafe name(object(UnsafeMutableRawPointer(factory)))
    }

    private static func set(_ element: UnsafeMutablePointer<GstElement>, _ property: String, _ number: UInt64) {
        var value = GValue()
        unsafe g_value_init(&value, g_type_from_name("guint64"))
        unsafe g_value_set_uint64(&value, guint64(number))
        unsafe g_object_set_property(
            UnsafeMutableRawPointer(element).assumingMemoryBound(to: GObject.self), property, &value)
        unsafe g_value_unset(&value)
    }

    private static func set(_ element: UnsafeMutablePointer<GstElement>, _ property: String, _ text: String) {
        var value = GValue()
        unsafe g_value_init(&value, g_type_from_name("gchararray"))
        unsafe g_value_set_string(&value, text)
        unsafe g_object_set_property(
            UnsafeMutableRawPointer(element).assumingMemoryBound(to: GObject.self), property, &value)
        unsafe g_value_unset(&value)
    }
}
