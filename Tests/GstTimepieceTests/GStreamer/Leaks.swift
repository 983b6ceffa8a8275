import CGStreamerCheck
import Glibc

/// GStreamer's leaks tracer over all tests of the process: what is alive when it exits fails the run.
enum Leaks {
    /// Has all objects followed; called before GStreamer is initialized.
    static func follow() {
        let tracers = unsafe getenv("GST_TRACERS").map { unsafe String(cString: $0) + ";" } ?? ""
        unsafe setenv("GST_TRACERS", tracers + "leaks", 1)
        atexit { Leaks.check() }
    }

    private static func check() {
        // A thread of a task that was joined still holds the task for a moment.
        gst_task_cleanup_all()
        let alive = objects()
        guard !alive.isEmpty else { return }
        let lines = alive.map { "leaks: never freed: \($0)\n" }.joined()
        var text = "\(lines)leaks: \(alive.count) objects of GStreamer's are alive at the end of the tests\n"
        text.withUTF8 { bytes in _ = unsafe write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
        _exit(1)
    }

    /// The live objects, as the tracer describes them.
    private static func objects() -> [String] {
        guard let tracers = unsafe gst_tracing_get_active_tracers() else { return [] }
        defer { unsafe g_list_free(tracers) }
        return unsafe items(of: tracers).flatMap { unsafe objects(of: $0) }
    }

    private static func objects(of tracer: UnsafeMutableRawPointer) -> [String] {
        let object = unsafe tracer.assumingMemoryBound(to: GObject.self)
        let signal = unsafe g_signal_lookup(
            "get-live-objects", object.pointee.g_type_instance.g_class.pointee.g_type)
        guard signal != 0 else { return [] }
        var parameter = GValue()
        var answer = GValue()
        unsafe g_value_init(&parameter, gst_tracer_get_type())
        unsafe g_value_set_object(&parameter, tracer)
        unsafe g_value_init(&answer, gst_structure_get_type())
        unsafe g_signal_emitv(&parameter, signal, 0, &answer)
        unsafe g_value_unset(&parameter)
        guard let structure = unsafe gst_value_get_structure(&answer),
            let list = unsafe gst_structure_get_value(structure, "live-objects-list")
        else { return [] }
        let kept = capsOfFactories()
        // The answer owns the objects from here on, and so it is never freed.
        return unsafe (0..<gst_value_list_get_size(list)).compactMap { index in
            guard let item = unsafe gst_value_list_get_value(list, index),
                let entry = unsafe gst_value_get_structure(item),
                let object = unsafe gst_structure_get_value(entry, "object"),
                unsafe !isOfRegistry(object.pointee.g_type),
                unsafe !kept.contains(UInt(bitPattern: g_value_peek_pointer(object))),
                let text = unsafe gst_value_serialize(item)
            else { return nil }
            defer { unsafe g_free(text) }
            return unsafe String(cString: text)
        }
    }

    /// Plugins and their features are there for life.
    private static func isOfRegistry(_ type: GType) -> Bool {
        g_type_is_a(type, gst_plugin_feature_get_type()) != 0 || g_type_is_a(type, gst_plugin_get_type()) != 0
    }

    /// Type finders keep their caps for life, in the registry.
    private static func capsOfFactories() -> Set<UInt> {
        guard let factories = unsafe gst_type_find_factory_get_list() else { return [] }
        defer { unsafe gst_plugin_feature_list_free(factories) }
        return unsafe Set(
            items(of: factories).map {
                unsafe UInt(bitPattern: gst_type_find_factory_get_caps(OpaquePointer($0)))
            })
    }

    private static func items(of list: UnsafeMutablePointer<GList>) -> [UnsafeMutableRawPointer] {
        var found = unsafe [UnsafeMutableRawPointer]()
        var next: UnsafeMutablePointer<GList>? = unsafe list
        while let link = unsafe next {
            if let item = unsafe link.pointee.data { unsafe found.append(item) }
            unsafe next = unsafe link.pointee.next
        }
        return unsafe found
    }
}
