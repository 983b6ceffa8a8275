import CGStreamerCheck

/// A buffer or a buffer list that passed a pad, by its addresses: the same ones on two pads mean that it is the same
/// thing, and that nothing of it was copied.
struct Passage: Sendable, Equatable {
    /// The list, if it was one.
    let list: UInt?
    /// The buffer, or those of the list.
    let addresses: [UInt]
    /// The memory of all of them.
    let memories: [UInt]
    let bytes: UInt64

    init(_ buffer: UnsafeMutablePointer<GstBuffer>) {
        unsafe self.init(list: nil, buffers: [buffer])
    }

    init(_ list: OpaquePointer) {
        let buffers = unsafe (0..<gst_buffer_list_length(list)).compactMap { unsafe gst_buffer_list_get(list, $0) }
        unsafe self.init(list: UInt(bitPattern: list), buffers: buffers)
    }

    private init(list: UInt?, buffers: [UnsafeMutablePointer<GstBuffer>]) {
        self.list = list
        addresses = unsafe buffers.map { UInt(bitPattern: $0) }
        memories = unsafe buffers.flatMap { buffer in
            unsafe (0..<gst_buffer_n_memory(buffer)).map { UInt(bitPattern: unsafe gst_buffer_peek_memory(buffer, $0)) }
        }
        bytes = unsafe buffers.reduce(0) { unsafe $0 + UInt64(gst_buffer_get_size($1)) }
    }
}
