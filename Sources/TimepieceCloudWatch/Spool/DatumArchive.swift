import Timepiece

/// How a datum lies in the spool: its names and statistics in as few bytes as needed, about 700 for a minute of video.
///
/// Numbers are base-128 with the low group first; values are differences, in sixteenths of a nanosecond.
enum DatumArchive {
    /// The number of this layout; what another version has written is not guessed at.
    private static let version: UInt64 = 1
    /// The same with the name of a unit at the end of the names; without it the unit is the second.
    private static let versionWithUnit: UInt64 = 2
    private static let fraction = 16.0

    /// Writes everything but what the spool has in columns of its own.
    static func bytes(of datum: Datum) -> [UInt8] {
        var writer = ArchiveWriter()
        let unit = datum.identity.unit
        writer.write(unit == .seconds ? version : versionWithUnit)
        writer.write(datum.identity.namespace)
        writer.write(datum.identity.name)
        writer.write(UInt64(clamping: datum.identity.interval))
        writer.write(UInt64(datum.identity.dimensions.count))
        for dimension in datum.identity.dimensions {
            writer.write(dimension.name)
            writer.write(dimension.value)
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

    /// Reads a datum back; nil if the bytes are none of this version.
    static func datum(_ bytes: [UInt8], boot: String, instant: BootInstant, wall: WallTime) -> Datum? {
        var reader = ArchiveReader(bytes)
        guard let found = reader.number(), found == version || found == versionWithUnit,
            let namespace = reader.text(), let name = reader.text(),
            let interval = reader.number(), let dimensionCount = reader.number(), dimensionCount <= 100
        else { return nil }
        var dimensions: [MetricIdentity.Dimension] = []
        for _ in 0..<dimensionCount {
            guard let name = reader.text(), let value = reader.text() else { return nil }
            dimensions.append(MetricIdentity.Dimension(name: name, value: value))
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

/// A row of bytes being read, which may be damaged: every read can fail, none can trap.
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

    /// Reads a text; nil if it is not all there.
    mutating func text() -> String? {
        guard let count = number(), count <= UInt64(rest.count) else { return nil }
        let bytes = rest.prefix(Int(count))
        rest = rest.dropFirst(Int(count))
        return String(validating: bytes, as: UTF8.self)
    }
}

/// Numbers and texts being put in a row of bytes.
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
        write(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }
}
