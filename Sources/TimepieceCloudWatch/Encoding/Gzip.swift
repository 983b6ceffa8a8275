import CZlib

/// Compression of request bodies, by zlib.
package enum Gzip {
    /// Returns the bytes as a gzip member (RFC 1952); nil if zlib cannot be loaded or cannot allocate memory.
    package static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        var stream = unsafe TimepieceZlibStream()
        // 15 bits of window, and 16 for the gzip wrapper instead of zlib's own.
        let start = unsafe deflateInit2_(
            &stream, TIMEPIECE_ZLIB_DEFAULT_COMPRESSION, TIMEPIECE_ZLIB_DEFLATED, 15 + 16, 8,
            TIMEPIECE_ZLIB_DEFAULT_STRATEGY, TIMEPIECE_ZLIB_VERSION, Int32(MemoryLayout<TimepieceZlibStream>.size))
        guard start == TIMEPIECE_ZLIB_OK else { return nil }
        defer { unsafe deflateEnd(&stream) }
        let bound = unsafe Int(deflateBound(&stream, UInt(bytes.count)))
        var input = bytes
        var isComplete = false
        let output = unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            unsafe input.withUnsafeMutableBufferPointer { input in
                unsafe stream.next_in = input.baseAddress
                unsafe stream.avail_in = UInt32(clamping: input.count)
                unsafe stream.next_out = output.baseAddress
                unsafe stream.avail_out = UInt32(clamping: bound)
                isComplete = unsafe deflate(&stream, TIMEPIECE_ZLIB_FINISH) == TIMEPIECE_ZLIB_STREAM_END
                count = unsafe bound - Int(stream.avail_out)
            }
        }
        return isComplete ? output : nil
    }
}
