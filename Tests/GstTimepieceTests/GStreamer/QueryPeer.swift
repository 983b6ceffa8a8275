import CGStreamerCheck

/// Makes a pad answer every query in a way that no element would, and counts them.
@safe final class QueryPeer {
    private let pad: UnsafeMutablePointer<GstPad>
    private let log = Watched<[String]>([])

    init(_ pad: UnsafeMutablePointer<GstPad>) {
        unsafe self.pad = unsafe pad
        unsafe gst_object_ref(pad)
        unsafe gst_pad_set_query_function_full(
            pad,
            { pad, _, query in
                guard let data = unsafe pad?.pointee.querydata, let query = unsafe query else { return 0 }
                let log = unsafe Unmanaged<Watched<[String]>>.fromOpaque(data).takeUnretainedValue()
                let type = unsafe String(cString: gst_query_type_get_name(query.pointee.type))
                log.update { $0.append(type) }
                unsafe QueryPeer.answer(query)
                return 1
            }, Unmanaged.passRetained(log).toOpaque(),
            { log in
                if let log = unsafe log { unsafe Unmanaged<Watched<[String]>>.fromOpaque(log).release() }
            })
    }

    deinit {
        unsafe gst_pad_set_query_function_full(pad, { _, _, _ in 0 }, nil, nil)
        unsafe gst_object_unref(pad)
    }

    /// The types of the queries that came, in order.
    var asked: [String] { log.update { $0 } }

    private static func answer(_ query: UnsafeMutablePointer<GstQuery>) {
        switch unsafe query.pointee.type {
        case GST_QUERY_POSITION: unsafe gst_query_set_position(query, GST_FORMAT_TIME, 41)
        case GST_QUERY_DURATION: unsafe gst_query_set_duration(query, GST_FORMAT_TIME, 42)
        case GST_QUERY_LATENCY: unsafe gst_query_set_latency(query, 1, 43, 44)
        case GST_QUERY_SEEKING: unsafe gst_query_set_seeking(query, GST_FORMAT_TIME, 1, 45, 46)
        case GST_QUERY_SCHEDULING:
            unsafe gst_query_set_scheduling(query, GST_SCHEDULING_FLAG_SEEKABLE, 47, 48, 49)
            unsafe gst_query_add_scheduling_mode(query, GST_PAD_MODE_PULL)
        case GST_QUERY_ALLOCATION: unsafe gst_query_add_allocation_pool(query, nil, 50, 51, 52)
        case GST_QUERY_ACCEPT_CAPS: unsafe gst_query_set_accept_caps_result(query, 0)
        case GST_QUERY_CAPS:
            let caps = unsafe gst_caps_from_string("application/x-answer")
            unsafe gst_query_set_caps_result(query, caps)
            unsafe gst_caps_unref(caps)
        case GST_QUERY_CUSTOM:
            let structure = unsafe gst_query_writable_structure(query)
            var answer = GValue()
            unsafe g_value_init(&answer, g_type_from_name("guint"))
            unsafe g_value_set_uint(&answer, 53)
            unsafe gst_structure_take_value(structure, "answer", &answer)
        default: break
        }
    }
}
