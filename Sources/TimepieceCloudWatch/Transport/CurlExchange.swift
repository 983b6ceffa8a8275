import CCurl

/// The data that libcurl's callbacks gather during one request.
///
/// Made, filled and read on the thread that performs the request.
final class CurlExchange {
    private(set) var headers: [HTTPHeader] = []
    private(set) var body: [UInt8] = []
    private(set) var exceededLimit = false
    private(set) var refusedRepetition = false
    private var headerBytes = 0
    private var hasStarted = false

    /// The most bytes of header that are read; no service used here sends more.
    static let headerLimit = 65_536

    /// Admits the request to a connection, once.
    ///
    /// When a kept connection ends without a byte of reply, libcurl repeats the request. The service may have acted on
    /// the first one, so the second is refused here, and the sender of the request decides.
    func admit() -> Int32 {
        refusedRepetition = hasStarted
        hasStarted = true
        return refusedRepetition ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK
    }

    /// Takes one line of the header or the status line; false ends the transfer.
    func receive(headerLine bytes: UnsafeRawBufferPointer) -> Bool {
        headerBytes += bytes.count
        guard headerBytes <= Self.headerLimit else {
            exceededLimit = true
            return false
        }
        let line = unsafe String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            headers.removeAll()  // the previous fields belonged to an interim reply, such as 100
        } else if let colon = line.firstIndex(of: ":") {
            headers.append(HTTPHeader(String(line[..<colon]), line[line.index(after: colon)...].trimmingSpace()))
        }
        return true
    }

    /// Takes bytes of the body; false ends the transfer.
    func receive(bodyBytes bytes: UnsafeRawBufferPointer) -> Bool {
        guard body.count + bytes.count <= CurlTransport.responseLimit else {
            exceededLimit = true
            return false
        }
        unsafe body.append(contentsOf: bytes)
        return true
    }
}
