import CGStreamerCheck

/// A single operation of an application on an element, inside a callback of the element.
final class Intervention: Sendable {
    enum Deed: String, CaseIterable, Sendable {
        case stop
        case restart
        /// Locks its state, takes it out of its bin, stops it, and drops every reference to it.
        case remove
        case stopAll
        case restartAll
    }

    private let deed: Deed
    private let name: String
    private let bin = Watched<Element?>(nil)
    private let done = Watched(false)

    /// - Parameters:
    ///   - deed: what to do.
    ///   - name: the element it is done to.
    init(_ deed: Deed, to name: String) {
        self.deed = deed
        self.name = name
    }

    /// Says in which bin the element is; nothing is done before.
    func aim(at bin: Element) {
        self.bin.update { $0 = bin }
    }

    /// Does it, the first time.
    func strike() {
        let bin = self.bin.update { bin in
            defer { bin = nil }
            return bin
        }
        guard let bin else { return }
        perform(in: bin)
        done.update { $0 = true }
    }

    /// Waits until it was done.
    func wait() throws {
        guard done.wait(atMost: .seconds(10), until: { $0 }) else {
            throw TestFailure("Nothing called for the intervention.")
        }
    }

    private func perform(in element: Element) {
        let bin = unsafe UnsafeMutableRawPointer(element.pointer).assumingMemoryBound(to: GstBin.self)
        guard let element = unsafe gst_bin_get_by_name(bin, name) else { return }
        switch deed {
        case .stop:
            unsafe gst_element_set_state(element, GST_STATE_NULL)
        case .restart:
            unsafe gst_element_set_state(element, GST_STATE_NULL)
            unsafe gst_element_set_state(element, GST_STATE_PLAYING)
        case .remove:
            unsafe gst_element_set_locked_state(element, 1)
            unsafe gst_bin_remove(bin, element)
            unsafe gst_element_set_state(element, GST_STATE_NULL)
        case .stopAll:
            unsafe gst_object_unref(element)
            unsafe stopWatches(of: bin)
            return
        case .restartAll:
            unsafe gst_object_unref(element)
            unsafe stopWatches(of: bin)
            unsafe gst_bin_sync_children_states(bin)
            return
        }
        unsafe gst_object_unref(element)
    }

    /// Stops what is called x, y and z: the source of a pipeline cannot be stopped in its own thread.
    private func stopWatches(of bin: UnsafeMutablePointer<GstBin>) {
        for name in ["x", "y", "z"] {
            guard let element = unsafe gst_bin_get_by_name(bin, name) else { continue }
            unsafe gst_element_set_state(element, GST_STATE_NULL)
            unsafe gst_object_unref(element)
        }
    }
}
