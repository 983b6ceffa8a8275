import CZlib

/// Compression of request bodies, by zlib.
package enum Gzip {
    /// Returns the bytes as a gzip member (RFC 1952); nil if zlib could not get memory.
    package static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        var stream = unsafe z_stream()
        // 15 bits of window, and 16 for the gzip wrapper instead of zlib's own.
        let start = unsafe deflateInit2_(
            &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard start == Z_OK else { return nil }
        defer { unsafe deflateEnd(&stream) }
        let bound = unsafe Int(deflateBound(&stream, uLong(bytes.count)))
        var input = bytes
        var isComplete = false
        let output = unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            unsafe input.withUnsafeMutableBufferPointer { input in
                unsafe stream.next_in = input.baseAddress
                unsafe stream.avail_in = uInt(clamping: input.count)
                unsafe stream.next_out = output.baseAddress
                unsafe stream.avail_out = uInt(clamping: bound)
                isComplete = unsafe deflate(&stream, Z_FINISH) == Z_STREAM_END
                count = unsafe bound - Int(stream.avail_out)
            }
        }
        return isComplete ? output : nil
    }
}
