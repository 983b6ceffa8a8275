import Timepiece
import TimepieceTelemetry

/// The format of a datum in the spool: its names and statistics in as few bytes as possible, about 700 for a minute of
/// video.
///
/// Numbers are base-128 with the low group first; values are differences, in sixteenths of a nanosecond.
enum DatumArchive {
    /// The number of this layout; data of another version are not interpreted.
    private static let version: UInt64 = 1
    /// The same with the name of a unit at the end of the names; without it the unit is the second.
    private static let versionWithUnit: UInt64 = 2
    /// A point of OpenTelemetry's protocol instead of the unit, the statistics and the values.
    private static let versionOfPoint: UInt64 = 3
    private static let fraction = 16.0

    /// Writes everything except the values that have columns in the spool.
    static func bytes(of datum: Datum) -> [UInt8] {
        var writer = ArchiveWriter()
        let unit = datum.identity.unit
        writer.write(datum.point != nil ? versionOfPoint : unit == .seconds ? version : versionWithUnit)
        writer.write(datum.identity.namespace)
        writer.write(datum.identity.name)
        writer.write(UInt64(clamping: datum.identity.interval))
        writer.write(UInt64(datum.identity.dimensions.count))
        for dimension in datum.identity.dimensions {
            writer.write(dimension.name)
            writer.write(dimension.value)
        }
        if let point = datum.point {
            writer.write(datum.count)
            writer.write(point, wall: datum.wall)
            return writer.bytes
        }
        if unit != .seconds { writer.write(unit.name) }
        for number in [datum.count, datum.sum, datum.min, datum.max] { writer.write(number) }
        writer.write(UInt64(datum.values.count))
        var previous: UInt64 = 0
        for value in datum.values {
            let scaled = UInt64(Swift.max(0, Swift.min(value.nanoseconds * fraction, 9e18)).rounded())
            writer.write(scaled &- previous)
            writer.write(value.count)
            previous = scaled
        }
        return writer.bytes
    }

    /// Reads a datum; nil if the bytes are not one of this version.
    static func datum(_ bytes: [UInt8], boot: String, instant: BootInstant, wall: WallTime) -> Datum? {
        var reader = ArchiveReader(bytes)
        guard let found = reader.number(), [version, versionWithUnit, versionOfPoint].contains(found),
            let namespace = reader.text(), let name = reader.text(),
            let interval = reader.number(), let dimensionCount = reader.number(), dimensionCount <= 100
        else { return nil }
        var dimensions: [MetricIdentity.Dimension] = []
        for _ in 0..<dimensionCount {
            guard let name = reader.text(), let value = reader.text() else { return nil }
            dimensions.append(MetricIdentity.Dimension(name: name, value: value))
        }
        if found == versionOfPoint {
            guard let count = reader.number(), let point = reader.point(wall: wall) else { return nil }
            return Datum(
                identity: MetricIdentity(
                    namespace: namespace, name: name, dimensions: dimensions, interval: Int64(clamping: interval)),
                boot: boot, instant: instant, wall: wall, count: count, sum: 0, min: 0, max: 0, values: [], point: point
            )
        }
        var unit: CloudWatchUnit? = .seconds
        if found == versionWithUnit { unit = reader.text().flatMap { CloudWatchUnit($0) } }
        guard let unit else { return nil }
        guard let count = reader.number(), let sum = reader.number(), let min = reader.number(),
            let max = reader.number(), let valueCount = reader.number(), valueCount <= 10_000
        else { return nil }
        var values: [Datum.Value] = []
        var previous: UInt64 = 0
        for _ in 0..<valueCount {
            guard let difference = reader.number(), let count = reader.number(), count > 0 else { return nil }
            previous &+= difference
            values.append(Datum.Value(nanoseconds: Double(previous) / fraction, count: count))
        }
        var identity = MetricIdentity(
            namespace: namespace, name: name, dimensions: dimensions, interval: Int64(clamping: interval))
        identity.unit = unit
        return Datum(
            identity: identity, boot: boot, instant: instant, wall: wall, count: count, sum: sum, min: min, max: max,
            values: values)
    }
}

/// A reader of bytes that may be damaged: every read can fail, and none can trap.
struct ArchiveReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    /// Reads a number; nil at the end, or if it has more than 64 bits.
    mutating func number() -> UInt64? {
        var result: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = rest.popFirst(), shift < 63 || byte < 2 else { return nil }
            result |= UInt64(byte & 127) << shift
            if byte < 128 { return result }
        }
        return nil
    }

    /// Reads bytes; nil if they are incomplete.
    mutating func bytes() -> [UInt8]? {
        guard let count = number(), count <= UInt64(rest.count) else { return nil }
        defer { rest = rest.dropFirst(Int(count)) }
        return Array(rest.prefix(Int(count)))
    }

    /// Reads a text; nil if it is incomplete.
    mutating func text() -> String? {
        bytes().flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// Reads a point that was taken when the wall clock showed a time; nil if it is not a point.
    mutating func point(wall: WallTime) -> OpenTelemetryPoint? {
        guard let kind = number().flatMap({ OpenTelemetryPoint.Kind(rawValue: $0) }),
            let temporality = number().flatMap({ OpenTelemetryPoint.Temporality(rawValue: $0) }),
            let age = number(), let metric = bytes(), let content = bytes()
        else { return nil }
        return OpenTelemetryPoint(
            kind: kind, temporality: temporality, metric: metric, content: content,
            began: wall.advanced(by: .nanoseconds(-Int64(clamping: age))))
    }
}

/// A writer of numbers and texts to bytes.
struct ArchiveWriter {
    private(set) var bytes: [UInt8] = []

    /// Writes a number, seven bits to a byte, the low ones first.
    mutating func write(_ number: UInt64) {
        var rest = number
        while rest > 127 {
            bytes.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Writes a text with its length before it.
    mutating func write(_ text: String) {
        write(Array(text.utf8))
    }

    /// Writes bytes with their number before them.
    mutating func write(_ content: [UInt8]) {
        write(UInt64(content.count))
        bytes.append(contentsOf: content)
    }

    /// Writes a point that was taken when the wall clock showed a time.
    mutating func write(_ point: OpenTelemetryPoint, wall: WallTime) {
        write(point.kind.rawValue)
        write(point.temporality.rawValue)
        write(UInt64(clamping: point.began.duration(to: wall).nanoseconds))
        write(point.metric)
        write(point.content)
    }
}
