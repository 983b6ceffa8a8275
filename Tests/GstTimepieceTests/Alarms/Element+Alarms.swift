import CGStreamerCheck

extension Element {
    func addAlarm(_ text: String?) -> Bool { emit("add-alarm", text) }
    func removeAlarm(_ name: String?) -> Bool { emit("remove-alarm", name) }

    /// The value of the property `alarms`; nil for none.
    var alarms: String? {
        guard case .text(let text) = get("alarms") else { return nil }
        return text
    }

    /// Sets the property `alarms` unchanged, where `set(_:_:)` would parse quotes.
    func setAlarms(_ text: String?) {
        var value = GValue()
        unsafe g_value_init(&value, GType(16 << 2))
        unsafe g_value_set_string(&value, text)
        unsafe g_object_set_property(object, "alarms", &value)
        unsafe g_value_unset(&value)
    }

    /// Emits an action signal that takes a text and returns a boolean.
    private func emit(_ signal: String, _ text: String?) -> Bool {
        var parameters = [GValue(), GValue()]
        var answer = GValue()
        unsafe g_value_init(&parameters[0], gst_element_get_type())
        unsafe g_value_set_object(&parameters[0], pointer)
        unsafe g_value_init(&parameters[1], GType(16 << 2))
        unsafe g_value_set_string(&parameters[1], text)
        unsafe g_value_init(&answer, GType(5 << 2))
        let type = unsafe object.pointee.g_type_instance.g_class.pointee.g_type
        unsafe g_signal_emitv(parameters, g_signal_lookup(signal, type), 0, &answer)
        defer {
            for index in parameters.indices { unsafe g_value_unset(&parameters[index]) }
        }
        return unsafe g_value_get_boolean(&answer) != 0
    }
}
