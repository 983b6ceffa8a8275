import CGStreamer
import Glibc
import Timepiece
import TimepieceMessages
import TimepieceTelemetry

// What libFuzzer calls with bytes: the readers of what comes from files and from the network. The environment variable
// TIMEPIECE_FUZZ names the reader. Compiled together with the module, whose internals it calls; what it checks beyond
// "does not break" ends the process by a trap, which libFuzzer keeps the input of.

// swift-format-ignore
@c public func LLVMFuzzerTestOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
    let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
    reader(bytes)
    return 0
}

private let reader: @Sendable ([UInt8]) -> Void =
    switch unsafe getenv("TIMEPIECE_FUZZ").map({ unsafe String(cString: $0) }) {
    case "profile": readProfile
    case "keys": readKeys
    case "reply": readReply
    case "spool": readSpool
    case "histogram": mergeHistograms
    case "dates": readDates
    case "bus": readMessage
    case "accept": readAccept
    default: fatalError("TIMEPIECE_FUZZ names none of profile, keys, reply, spool, histogram, dates, bus and accept")
    }

/// A shared AWS file: either its sections, or the line that is wrong.
private let readProfile: @Sendable ([UInt8]) -> Void = { bytes in
    guard let text = String(validating: bytes, as: UTF8.self) else { return }
    do throws(INIFile.Malformation) {
        for (name, options) in try INIFile(text).sections {
            _ = ShellWords.split(name)
            for (key, value) in options {
                precondition(key == key.lowercased())
                _ = INIFile.nested(value)
                _ = ShellWords.split(value)
                _ = URLParts(value)
                _ = EmbeddedMetricTarget(value)
            }
        }
    } catch {
        precondition(error.line > 0 && !error.reason.isEmpty)
    }
}

/// The header with the formats that a reader of the page for Prometheus accepts: protobuf only if it is named.
private let readAccept: @Sendable ([UInt8]) -> Void = { bytes in
    let accept = String(decoding: bytes, as: UTF8.self)
    guard ExpositionFormat(accept: accept) == .protobuf else { return }
    let names = accept.lowercased()
    precondition(names.contains("application/vnd.google.protobuf"))
    precondition(names.contains("io.prometheus.client.metricfamily"))
}

/// The JSON of programs and services that issue keys, and the XML of one: accepted values are valid in a header.
private let readKeys: @Sendable ([UInt8]) -> Void = { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    for name in ["AccessKeyId", "Credentials", "Code", "Message"] {
        _ = XMLText.element(name, in: text)
        _ = XMLText.element(name, in: text, decoded: false)
    }
    guard let document = JSONDocument(bytes) else { return }
    for (path, names, needsAll) in [
        ([], ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"], false),
        ([], ["AccessKeyId", "SecretAccessKey", "Token", "Expiration"], true),
        (["credentials"], ["accessKeyId", "secretAccessKey", "sessionToken", "expiration"], true),
    ] {
        guard
            let keys = try? Credentials(document, in: path, names: names, needsAll: needsAll, origin: "the fuzzer")
        else { continue }
        precondition(keys.accessKeyID.utf8.allSatisfy { $0 > 32 && $0 < 127 })
        precondition(keys.sessionToken?.utf8.allSatisfy { $0 > 32 && $0 < 127 } ?? true)
    }
}

/// An answer of the service: a line with the status, headers, an empty line, the body.
private let readReply: @Sendable ([UInt8]) -> Void = { bytes in
    let parts = bytes.split(separator: 10, omittingEmptySubsequences: false)
    var headers: [HTTPHeader] = []
    var rest = parts.dropFirst()
    while let line = rest.popFirst(), let colon = line.firstIndex(of: 58) {
        headers.append(
            HTTPHeader(
                String(decoding: line[..<colon], as: UTF8.self),
                String(decoding: line[(colon + 1)...], as: UTF8.self)))
    }
    let status = Int(String(decoding: parts.first ?? [], as: UTF8.self)) ?? 400
    let response = HTTPResponse(status: status, headers: headers, body: Array(rest.joined(separator: [10])))
    let reply = ServiceReply(response, from: "the fuzzer")
    let verdict = reply.verdict(for: PutMetricDataEncoder())
    if case .accepted = verdict { precondition((200..<300).contains(status) && reply.isFromService) }
    _ = OpenTelemetryAnswer(response.body)
    _ = OpenTelemetryAnswer.statusMessage(response.body)
    _ = response.header("Date").flatMap(WallTime.init(httpDate:))
}

/// A record of the spool: what is read is written and read again, to the same bytes.
private let readSpool: @Sendable ([UInt8]) -> Void = { bytes in
    let wall = WallTime(nanoseconds: 0)
    let instant = BootInstant(nanoseconds: 0)
    guard let datum = DatumArchive.datum(bytes, boot: "boot", instant: instant, wall: wall) else { return }
    let written = DatumArchive.bytes(of: datum)
    guard let again = DatumArchive.datum(written, boot: "boot", instant: instant, wall: wall) else {
        preconditionFailure("What was written is not read.")
    }
    precondition(DatumArchive.bytes(of: again) == written)
    _ = PutMetricDataEncoder().largestSize(of: datum)
}

/// Histograms of any values: merging is the same in both orders, and percentiles rise.
private let mergeHistograms: @Sendable ([UInt8]) -> Void = { bytes in
    var parts = [Histogram(), Histogram(), Histogram()]
    for start in stride(from: 0, to: bytes.count - 9, by: 10) {
        let value = bytes[start..<(start + 8)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        parts[Int(bytes[start + 8]) % 3].record(
            .nanoseconds(Int64(truncatingIfNeeded: value)),
            count: bytes[start + 9] == 255 ? .max : UInt64(bytes[start + 9]))
    }
    var forth = parts[0]
    forth.merge(parts[1])
    forth.merge(parts[2])
    var back = parts[2]
    back.merge(parts[1])
    back.merge(parts[0])
    precondition(forth == back)
    var previous = Duration.zero
    for percentile in stride(from: 0.0, through: 100, by: 12.5) {
        precondition(forth.percentile(percentile) >= previous)
        previous = forth.percentile(percentile)
    }
}

private let readDates: @Sendable ([UInt8]) -> Void = { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    _ = WallTime(internetDate: text)
    _ = WallTime(httpDate: text)
    _ = URLParts(text)
}

/// A structure as a client of the bus gets it: typed, or refused with the field that is wrong.
private let readMessage: @Sendable ([UInt8]) -> Void = { bytes in
    gst_init(nil, nil)
    gst_debug_set_default_threshold(GST_LEVEL_NONE)
    let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    guard let structure = unsafe gst_structure_from_string(text, nil) else { return }
    defer { unsafe gst_structure_free(structure) }
    guard let fields = unsafe MessageFields(structure) else { return }
    precondition(fields.entries.count == Int(unsafe gst_structure_n_fields(structure)))
    do throws(MessageError) {
        guard let message = try TimepieceMessage(fields) else { return }
        precondition(fields["label"] == .text(message.label))
        if case .watch(let watch) = message { precondition(depth(of: watch) < bytes.count) }
    } catch {
        precondition(!error.field.isEmpty)
    }
}

private func depth(of watch: WatchMessage) -> Int {
    1 + (watch.children.map(depth).max() ?? 0)
}
