import Timepiece

/// How a datum lies in the spool: its names and figures in as few bytes as needed, about 700 for a minute of video.
///
/// Numbers are base-128 with the low group first; values are differences, in sixteenths of a nanosecond.
enum DatumArchive {
    /// The number of this layout; what another version has written is not guessed at.
    private static let version: UInt64 = 1
    private static let fraction = 16.0

    /// Writes everything but what the spool has in columns of its own.
    static func bytes(of datum: Datum) -> [UInt8] {
        var writer = ArchiveWriter()
        writer.write(version)
        writer.write(datum.identity.namespace)
        writer.write(datum.identity.name)
        writer.write(UInt64(clamping: datum.identity.interval))
        writer.write(UInt64(datum.identity.dimensions.count))
        for dimension in datum.identity.dimensions {
            writer.write(dimension.name)
            writer.write(dimension.value)
        }
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
        guard reader.number() == version, let namespace = reader.text(), let name = reader.text(),
            let interval = reader.number(), let dimensionCount = reader.number(), dimensionCount <= 100
        else { return nil }
        var dimensions: [MetricIdentity.Dimension] = []
        for _ in 0..<dimensionCount {
            guard let name = reader.text(), let value = reader.text() else { return nil }
            dimensions.append(MetricIdentity.Dimension(name: name, value: value))
        }
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
        return Datum(
            identity: MetricIdentity(
                namespace: namespace, name: name, dimensions: dimensions, interval: Int64(clamping: interval)),
            boot: boot, instant: instant, wall: wall, count: count, sum: sum, min: min, max: max, values: values)
    }
}
