import CGStreamerCheck

/// A sample that an appsink gave, held by the value that it came in.
@safe final class Sample {
    fileprivate var value: GValue

    fileprivate init(taking value: GValue) {
        self.value = value
    }

    /// One of the same memory, time stamps and caps, in a buffer of its own.
    func madeAnew() -> Sample {
        let sample = unsafe OpaquePointer(g_value_get_boxed(&value))
        let buffer = unsafe gst_buffer_new()
        let flags = GstBufferCopyFlags(
            rawValue: GST_BUFFER_COPY_MEMORY.rawValue | GST_BUFFER_COPY_TIMESTAMPS.rawValue)
        unsafe gst_buffer_copy_into(buffer, gst_sample_get_buffer(sample), flags, 0, .max)
        let made = unsafe gst_sample_new(buffer, gst_sample_get_caps(sample), gst_sample_get_segment(sample), nil)
        unsafe gst_buffer_unref(buffer)
        var value = GValue()
        unsafe g_value_init(&value, gst_sample_get_type())
        unsafe g_value_take_boxed(&value, UnsafeRawPointer(made))
        return Sample(taking: value)
    }

    deinit {
        unsafe g_value_unset(&value)
    }
}

// What an application does with an appsink and an appsrc, by their action signals.
extension Element {
    /// Waits for the next sample of an appsink; nil at the end of the stream.
    func pullSample() -> Sample? {
        var answer = GValue()
        unsafe g_value_init(&answer, gst_sample_get_type())
        emit("pull-sample", nil, &answer)
        guard unsafe g_value_peek_pointer(&answer) != nil else { return nil }
        return Sample(taking: answer)
    }

    /// Hands a sample to an appsrc.
    func push(_ sample: Sample) {
        var answer = GValue()
        unsafe g_value_init(&answer, gst_flow_return_get_type())
        emit("push-sample", sample, &answer)
    }

    /// Lets an appsrc end its stream.
    func endStream() {
        var answer = GValue()
        unsafe g_value_init(&answer, gst_flow_return_get_type())
        emit("end-of-stream", nil, &answer)
    }

    private func emit(_ signal: String, _ sample: Sample?, _ answer: inout GValue) {
        var parameters = [GValue(), GValue()]
        unsafe g_value_init(&parameters[0], gst_element_get_type())
        unsafe g_value_set_object(&parameters[0], pointer)
        if let sample {
            unsafe g_value_init(&parameters[1], gst_sample_get_type())
            unsafe g_value_copy(&sample.value, &parameters[1])
        }
        let type = unsafe object.pointee.g_type_instance.g_class.pointee.g_type
        unsafe g_signal_emitv(parameters, g_signal_lookup(signal, type), 0, &answer)
        unsafe g_value_unset(&parameters[0])
        if sample != nil { unsafe g_value_unset(&parameters[1]) }
    }
}
