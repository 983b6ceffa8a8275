import Glibc
package import TimepieceTelemetry

extension Environment {
    /// The attributes that distinguish this program from others for a receiver of OpenTelemetry's protocol.
    ///
    /// `OTEL_RESOURCE_ATTRIBUTES`, which may have `service.name`, and `OTEL_SERVICE_NAME`, which takes precedence; the
    /// name of the host; and the producer of the data. Source: "Resource SDK" of OpenTelemetry's specification, by
    /// which a list that cannot be read is left out as a whole, and that is reported.
    ///
    /// - Returns: the attributes by their names, and a sentence about what was left out.
    package func openTelemetryAttributes() -> (attributes: [MetricLabel], doubt: String?) {
        var attributes = [
            "service.name": "unknown_service:\(Self.programName)", "telemetry.sdk.language": "swift",
            "telemetry.sdk.name": "timepiece", "telemetry.sdk.version": TimepieceVersion.current,
        ]
        if let host = Self.hostName { attributes["host.name"] = host }
        var doubt: String?
        let variable = "OTEL_RESOURCE_ATTRIBUTES"
        if let list = filled(variable) {
            if let pairs = Self.pairs(list) {
                for (name, value) in pairs { attributes[name] = value }
            } else {
                doubt = "\(variable) is not a list such as service.namespace=cameras,site=north; it is left out."
            }
        }
        if let name = filled("OTEL_SERVICE_NAME") { attributes["service.name"] = name }
        return (attributes.sorted { $0.key < $1.key }.map { MetricLabel($0.key, $0.value) }, doubt)
    }

    /// Reads a list such as `a=1,b=2`, in which special characters are percent-encoded; nil if the text is not a list.
    ///
    /// Source: W3C Baggage, whose encoding OpenTelemetry's variables have, without the properties after a semicolon.
    package static func pairs(_ list: String) -> [(name: String, value: String)]? {
        var pairs: [(name: String, value: String)] = []
        for part in list.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, let name = decoded(pair[0]), let value = decoded(pair[1]), !name.isEmpty else {
                return nil
            }
            pairs.append((name, value))
        }
        return pairs
    }

    /// Decodes escapes such as `%41`, and removes the white space around the text.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(Substring(rest.prefix(2)))
            guard digits.utf8.count == 2, digits.utf8.allSatisfy({ $0 != 43 }), let value = UInt8(digits, radix: 16)
            else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        while let last = bytes.last, last == 32 || last == 9 { bytes.removeLast() }
        return String(validating: bytes.drop { $0 == 32 || $0 == 9 }, as: UTF8.self)
    }

    private static let programName: String = {
        var bytes = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink("/proc/self/exe", &bytes, bytes.count)
        let path = String(decoding: bytes.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path.split(separator: "/").last.map(String.init) ?? "timepiece"
    }()

    private static let hostName: String? = {
        var bytes = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&bytes, bytes.count - 1) == 0 else { return nil }
        let name = String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return name.isEmpty ? nil : name
    }()
}
