import CGStreamerCheck

/// An element held by a reference, and its properties.
@safe final class Element: @unchecked Sendable {
    // Sendable: the pointer never changes, and elements are locked from inside.
    let pointer: UnsafeMutablePointer<GstElement>

    /// Takes over a reference.
    init(taking pointer: UnsafeMutablePointer<GstElement>) {
        unsafe self.pointer = unsafe pointer
    }

    /// Makes an element of a factory.
    convenience init(factory: String, name: String? = nil) throws {
        GStreamer.start()
        guard let made = unsafe gst_element_factory_make(factory, name) else {
            throw TestFailure("There is no element \(factory).")
        }
        unsafe gst_object_ref_sink(made)
        unsafe self.init(taking: made)
    }

    /// Makes a bin of a gst-launch description, with a pad for each end that is not linked.
    convenience init(bin description: String) throws {
        GStreamer.start()
        guard let made = unsafe gst_parse_bin_from_description(description, 1, nil) else {
            throw TestFailure("The bin “\(description)” cannot be made.")
        }
        unsafe gst_object_ref_sink(made)
        unsafe self.init(taking: made)
    }

    /// Returns an element of a bin by its name, however deep it is.
    func child(_ name: String) throws -> Element {
        let bin = unsafe UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: GstBin.self)
        guard let found = unsafe gst_bin_get_by_name(bin, name) else {
            throw TestFailure("There is no element \(name) in the bin.")
        }
        return unsafe Element(taking: found)
    }

    deinit {
        unsafe gst_object_unref(pointer)
    }

    var object: UnsafeMutablePointer<GObject> {
        unsafe UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: GObject.self)
    }

    /// Sets a property as gst-launch does, from text.
    func set(_ property: String, _ text: String) {
        unsafe gst_util_set_object_arg(object, property, text)
    }

    /// Sets a property that holds a text to bytes that need not be one.
    func set(_ property: String, bytes: [UInt8]) {
        var value = GValue()
        unsafe g_value_init(&value, GType(16 << 2))
        unsafe (bytes + [0]).withUnsafeBufferPointer { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { unsafe g_value_set_string(&value, $0.baseAddress) }
        }
        unsafe g_object_set_property(object, property, &value)
        unsafe g_value_unset(&value)
    }

    /// Sets a property that holds an element.
    func set(_ property: String, _ element: Element) {
        var value = GValue()
        unsafe g_value_init(&value, gst_element_get_type())
        unsafe g_value_set_object(&value, element.pointer)
        unsafe g_object_set_property(object, property, &value)
        unsafe g_value_unset(&value)
    }

    /// Reads a property.
    func get(_ property: String) -> FieldValue {
        var value = GValue()
        unsafe g_object_get_property(object, property, &value)
        defer { unsafe g_value_unset(&value) }
        return unsafe FieldValue(&value)
    }

    /// Reads the property `stats`.
    func stats() throws -> Structure {
        guard case .structure(let stats) = get("stats") else {
            throw TestFailure("The property stats is not a structure.")
        }
        return stats
    }

    /// Changes the state and returns the element's immediate result.
    func set(_ state: GstState) -> GstStateChangeReturn {
        unsafe gst_element_set_state(pointer, state)
    }
}
