import CGStreamer

/// Timepiece's elements in a pipeline that was parsed.
enum TimepieceElements {
    /// Makes the ticks with the default setting list every interval of a window.
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

    /// Sets the interval of the reports of Timepiece's elements, in nanoseconds.
    static func set(interval: UInt64, of bin: UnsafeMutablePointer<GstElement>) {
        unsafe elements(of: bin).forEach { element in
            if unsafe factoryName(element).hasPrefix("timepiece") { unsafe set(element, "interval", interval) }
        }
    }

    /// The labels of Timepiece's elements, in the order of the description.
    static func labels(of bin: UnsafeMutablePointer<GstElement>, description: String) -> [String] {
        var found: [(place: DescriptionPlaces.Place, labels: [String])] = []
        let places = DescriptionPlaces(description)
        unsafe elements(of: bin).forEach { element in
            let factory = unsafe factoryName(element)
            let name = unsafe self.name(object(UnsafeMutableRawPointer(element)))
            var labels: [String] = []
            if factory.hasPrefix("timepiece") { unsafe addOwn(element) { labels.append($0) } }
            found.append((places.place(of: name, factory: factory), labels))
        }
        var seen: Set<String> = []
        return found.sorted { $0.place < $1.place }.flatMap(\.labels).filter { seen.insert($0).inserted }
    }

    /// The labels of the ticks that are now in it.
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

    /// The elements of the bin and of the bins that the description itself made, without those of decodebin and similar
    /// elements.
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
}
