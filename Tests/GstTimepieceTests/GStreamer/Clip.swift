/// Three seconds of H.264 in MP4, encoded here: 90 frames at 30 frames a second, a key frame each second.
final class Clip {
    static let frames: UInt64 = 90

    let path: String
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.file("clip.mp4")
        let pipeline = try Pipeline(
            """
            videotestsrc num-buffers=\(Self.frames) ! video/x-raw,width=160,height=120,framerate=30/1 \
            ! x264enc speed-preset=ultrafast key-int-max=30 ! h264parse ! mp4mux ! filesink location=\(path)
            """)
        try pipeline.playToEnd()
        try pipeline.stop()
    }
}
