import CCurl
import Synchronization
import Timepiece

/// One request through libcurl.
struct CurlTransfer {
    let request: HTTPRequest
    let target: URLParts
    let authorities: TrustedAuthorities?
    /// The time for the check of certificates; nil for the machine's.
    let certificateTime: WallTime?
    /// The time of the machine's clock, for messages.
    let machineTime: WallTime
    let connectTimeout: Duration
    let timeout: Duration

    private static let isEnding = Atomic(false)

    /// Ends the current transfer and later ones; libcurl checks once a second, but waits for the end of a name lookup.
    static func abortAll() {
        isEnding.store(true, ordering: .relaxed)
    }

    init(
        _ request: HTTPRequest, target: URLParts, authorities: TrustedAuthorities?, certificateTime: WallTime?,
        machineTime: WallTime, connectTimeout: Duration, timeout: Duration
    ) {
        self.request = request
        self.target = target
        self.authorities = authorities
        self.certificateTime = certificateTime
        self.machineTime = machineTime
        self.connectTimeout = connectTimeout
        self.timeout = timeout
    }

    /// Sends the request and gathers the reply.
    func perform(on curl: CurlHandle) throws(TransportError) -> HTTPResponse {
        unsafe curl_easy_reset(curl.pointer)  // resets settings and keeps connections
        setTarget(curl)
        guard let fields = unsafe setHeaders(curl) else {
            throw TransportError(.local, "There is no memory for the header of a request to \(target.origin).")
        }
        defer { unsafe curl_slist_free_all(fields) }
        let exchange = CurlExchange()
        var detail = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        let code = unsafe detail.withUnsafeMutableBufferPointer { detail in
            unsafe request.body.withUnsafeBufferPointer { body in
                unsafe timepiece_curl_set_pointer(curl.pointer, CURLOPT_ERRORBUFFER, detail.baseAddress)
                unsafe setBody(curl, body)
                setReceivers(curl, exchange)
                return BrokenPipeShield.run { unsafe curl_easy_perform(curl.pointer) }
            }
        }
        unsafe timepiece_curl_set_pointer(curl.pointer, CURLOPT_ERRORBUFFER, nil)
        guard code == CURLE_OK else {
            let text = String(decoding: detail.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            throw failure(code, text, exchange, curl)
        }
        return HTTPResponse(
            status: curl.number(CURLINFO_RESPONSE_CODE), headers: exchange.headers, body: exchange.body)
    }

    private func setTarget(_ curl: CurlHandle) {
        curl.set(CURLOPT_URL, request.url)
        curl.set(CURLOPT_PATH_AS_IS, 1)  // the path is sent as it was signed
        curl.set(CURLOPT_NOSIGNAL, 1)  // time-outs without SIGALRM: the process is somebody else's
        curl.set(CURLOPT_FOLLOWLOCATION, 0)
        curl.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        curl.set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(connectTimeout))
        curl.set(CURLOPT_TIMEOUT_MS, milliseconds(timeout))
        curl.set(CURLOPT_SSL_VERIFYPEER, 1)
        curl.set(CURLOPT_SSL_VERIFYHOST, 2)
        curl.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)  // a proxy's own header is not part of the reply
        if target.isLoopback || request.bypassesProxy {
            curl.set(CURLOPT_PROXY, "")  // empty: none, regardless of the environment
        }
        if let file = request.clientCertificate?.authoritiesPath {
            curl.set(CURLOPT_CAINFO, file)
        } else if let authorities, authorities.isDirectory {
            curl.set(CURLOPT_CAINFO, nil)  // else the system's file would be trusted as well
            curl.set(CURLOPT_CAPATH, authorities.path)
        } else if let authorities {
            curl.set(CURLOPT_CAINFO, authorities.path)
        }
        if let certificateTime {
            unsafe timepiece_curl_set_certificate_time(curl.pointer, certificateTime.nanoseconds / 1_000_000_000)
        }
        if let certificate = request.clientCertificate {
            curl.set(CURLOPT_SSLCERT, certificate.certificatePath)
            curl.set(CURLOPT_SSLKEY, certificate.keyPath)
            curl.set(CURLOPT_KEYPASSWD, "")  // else OpenSSL would ask for it at the terminal, and wait
        }
    }

    /// Returns the list of fields, which must outlive the transfer.
    private func setHeaders(_ curl: CurlHandle) -> UnsafeMutablePointer<curl_slist>? {
        var lines = request.headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        // Removed: fields that libcurl adds by default.
        lines.append("Expect:")
        if request.header("Accept") == nil { lines.append("Accept:") }
        if request.header("Content-Type") == nil { lines.append("Content-Type:") }
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = unsafe curl_slist_append(list, line) else {
                unsafe curl_slist_free_all(list)
                return nil
            }
            unsafe list = unsafe longer
        }
        unsafe timepiece_curl_set_pointer(curl.pointer, CURLOPT_HTTPHEADER, list)
        return unsafe list
    }

    /// Sets the body, which libcurl does not copy.
    private func setBody(_ curl: CurlHandle, _ body: UnsafeBufferPointer<UInt8>) {
        guard request.method != "GET" || !body.isEmpty else { return curl.set(CURLOPT_HTTPGET, 1) }
        curl.set(CURLOPT_POST, 1)
        unsafe timepiece_curl_set_offset(curl.pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
        if let start = body.baseAddress, !body.isEmpty {
            unsafe timepiece_curl_set_pointer(
                curl.pointer, CURLOPT_POSTFIELDS, UnsafeMutableRawPointer(mutating: start))
        } else {
            curl.set(CURLOPT_POSTFIELDS, "")
        }
        curl.set(CURLOPT_CUSTOMREQUEST, request.method)
    }

    /// Sets the callbacks; the exchange lives until `perform` returns.
    private func setReceivers(_ curl: CurlHandle, _ exchange: CurlExchange) {
        let context = unsafe Unmanaged.passUnretained(exchange).toOpaque()
        unsafe timepiece_curl_set_pointer(curl.pointer, CURLOPT_HEADERDATA, context)
        unsafe timepiece_curl_set_pointer(curl.pointer, CURLOPT_WRITEDATA, context)
        unsafe timepiece_curl_set_pointer(curl.pointer, CURLOPT_PREREQDATA, context)
        unsafe timepiece_curl_set_receiver(curl.pointer, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
            let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size &* count)
            let exchange = unsafe Unmanaged<CurlExchange>.fromOpaque(context).takeUnretainedValue()
            return unsafe exchange.receive(headerLine: line) ? size &* count : 0
        }
        unsafe timepiece_curl_set_receiver(curl.pointer, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
            let part = unsafe UnsafeRawBufferPointer(start: bytes, count: size &* count)
            let exchange = unsafe Unmanaged<CurlExchange>.fromOpaque(context).takeUnretainedValue()
            return unsafe exchange.receive(bodyBytes: part) ? size &* count : 0
        }
        unsafe timepiece_curl_set_progress(curl.pointer) { _, _, _, _, _ in
            CurlTransfer.isEnding.load(ordering: .relaxed) ? 1 : 0
        }
        unsafe timepiece_curl_set_gate(curl.pointer) { context, _, _, _, _ in
            guard let context = unsafe context else { return CURL_PREREQFUNC_ABORT }
            return unsafe Unmanaged<CurlExchange>.fromOpaque(context).takeUnretainedValue().admit()
        }
    }

    /// Returns the meaning of a failure of libcurl.
    private func failure(
        _ code: CURLcode, _ detail: String, _ exchange: CurlExchange, _ curl: CurlHandle
    ) -> TransportError {
        let isWhole =
            curl.number(CURLINFO_REQUEST_SIZE) > 0 && curl.offset(CURLINFO_SIZE_UPLOAD_T) >= Int64(request.body.count)
        var cause = detail.isEmpty ? unsafe String(cString: curl_easy_strerror(code)) : detail
        if cause.contains("not yet valid") || cause.contains("expired") {
            cause += ". The clock of this machine says \(machineTime); if that is wrong, set it"
        }
        func error(_ kind: TransportError.Kind, applied: Bool, _ what: String) -> TransportError {
            TransportError(kind, requestMayHaveBeenApplied: applied, "\(what) \(target.origin): \(cause).")
        }
        if exchange.refusedRepetition {
            return TransportError(
                .brokenBeforeResponse, requestMayHaveBeenApplied: true,
                "\(target.origin) ended a kept connection instead of replying.")
        }
        if exchange.exceededLimit {
            return TransportError(
                .responseTooLarge, requestMayHaveBeenApplied: true,
                "The reply of \(target.origin) is longer than the \(CurlExchange.headerLimit) bytes of header and "
                    + "\(CurlTransport.responseLimit) of body that are read.")
        }
        switch code {
        case CURLE_URL_MALFORMAT:
            return error(.invalidRequest, applied: false, "A request cannot go to")
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            return error(.resolve, applied: false, "No address was found for")
        case CURLE_COULDNT_CONNECT:
            return error(.couldNotConnect, applied: false, "No connection could be made to")
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_NOTFOUND, CURLE_USE_SSL_FAILED:
            return error(.tls, applied: false, "No trusted connection could be made to")
        case CURLE_OPERATION_TIMEDOUT:
            return error(.timedOut, applied: isWhole, "The time was up for")
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING:
            return error(.garbledResponse, applied: true, "No legible reply came from")
        case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT:
            return error(.local, applied: false, "libcurl failed on a request to")
        default:
            return error(.brokenBeforeResponse, applied: isWhole, "The connection broke before the reply of")
        }
    }

    /// Whole milliseconds, at least one, because zero means no limit to libcurl.
    private func milliseconds(_ duration: Duration) -> Int {
        Int(max(1, min(duration.nanoseconds / 1_000_000, 86_400_000)))
    }
}
