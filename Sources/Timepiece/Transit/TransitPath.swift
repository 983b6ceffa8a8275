/// The kinds of elements on the path from a start to a stop that change the times of the media. The bits are those of
/// timepiece.h.
package struct TransitPath: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// A mixer, which makes buffers with times of its own from those present at that time.
    package static let mixer = TransitPath(rawValue: 1 << 0)
    /// A demuxer, whose times may begin at zero.
    package static let demuxer = TransitPath(rawValue: 1 << 1)
    /// An element whose times begin on another clock, as in a program stream: they match the earlier ones only by
    /// accident.
    package static let restart = TransitPath(rawValue: 1 << 2)
}
