import CGStreamerCheck
import Testing

extension TimepieceWatch {
    /// The effects of elements between a start and a stop on the stamps: the table of the README.
    @Suite("The stamp")
    struct StampSurvivalTests {
        struct Chain: Sendable, CustomTestStringConvertible {
            enum Way: Sendable {
                case meta
                case time
                case none
            }

            let source: String
            let elements: String
            let way: Way
            /// How many buffers are recognized: nearly all, or as many as come out.
            var laps: ClosedRange<UInt64> = 60...60
            var unmatched: ClosedRange<UInt64> = 0...0

            var testDescription: String { elements }

            static func video(
                _ elements: String, _ way: Way, laps: ClosedRange<UInt64> = 60...60,
                unmatched: ClosedRange<UInt64> = 0...0
            ) -> Chain {
                Chain(
                    source: "videotestsrc num-buffers=60 ! video/x-raw,width=64,height=64,framerate=30/1,format=I420",
                    elements: elements, way: way, laps: laps, unmatched: unmatched)
            }

            static func audio(
                _ elements: String, _ way: Way, laps: ClosedRange<UInt64> = 60...60,
                unmatched: ClosedRange<UInt64> = 0...0
            ) -> Chain {
                Chain(
                    source: """
                        audiotestsrc num-buffers=60 samplesperbuffer=480 \
                        ! audio/x-raw,rate=48000,channels=1,format=S16LE
                        """,
                    elements: elements, way: way, laps: laps, unmatched: unmatched)
            }
        }

        static let chains: [Chain] = [
            .video("queue", .meta),
            .video("multiqueue", .meta),
            .video("tee ! queue", .meta),
            .video("videoconvert ! video/x-raw,format=RGB", .meta),
            .video("videoscale ! video/x-raw,width=32,height=32", .meta),
            .video("videoflip method=clockwise", .meta),
            .video("clockoverlay", .meta),
            .video("textoverlay text=x", .meta),
            .video("timeoverlay", .meta),
            .video("deinterlace", .meta),
            .video("videorate ! video/x-raw,framerate=15/1", .meta, laps: 29...31, unmatched: 29...31),
            .video("videorate ! video/x-raw,framerate=60/1", .meta),
            .video("jpegenc ! jpegdec", .meta),
            .video("videoconvert ! pngenc ! pngdec", .meta),
            .video("vp8enc deadline=1 ! vp8dec", .meta),
            .video("vp9enc", .meta, laps: 1...60, unmatched: 0...59),
            .video("theoraenc ! theoradec", .meta),
            .video("openh264enc ! openh264dec", .meta),
            .video("x264enc ! avdec_h264", .meta),
            .video("x265enc ! h265parse", .meta),
            .video("rtpvrawpay ! rtpvrawdepay", .meta),
            .video("vp8enc deadline=1 ! rtpvp8pay ! rtpvp8depay", .meta),
            .video("x264enc tune=zerolatency ! h264parse ! rtph264pay ! rtph264depay", .meta),
            .video("matroskamux ! matroskademux", .meta),
            .video("x264enc tune=zerolatency ! h264parse ! mp4mux fragment-duration=100 ! qtdemux", .meta),
            .video("compositor", .time),
            .video("gdppay ! gdpdepay", .time),
            .video("compositor ! video/x-raw,framerate=15/1", .time, laps: 29...31, unmatched: 29...31),
            .video("x264enc tune=zerolatency ! h264parse ! flvmux ! flvdemux", .time),
            .video("x264enc tune=zerolatency ! h264parse ! mpegtsmux ! tsdemux", .time),
            .audio("audioconvert ! audio/x-raw,format=F32LE", .meta),
            .audio("level", .meta),
            .audio("audioresample ! audio/x-raw,rate=44100", .meta, laps: 59...60, unmatched: 0...2),
            .audio("opusenc ! opusdec", .meta, laps: 29...32, unmatched: 0...1),
            .audio("audioconvert ! vorbisenc ! vorbisdec", .meta, laps: 1...60, unmatched: 0...5),
            .audio("opusenc ! rtpopuspay ! rtpopusdepay", .meta, laps: 29...32, unmatched: 0...1),
            .audio("audiomixer", .time),
        ]

        @Test(arguments: chains)
        func `gets through, or time is used instead, or nothing is recognized`(chain: Chain) throws {
            let automatic = try report(of: chain, correlation: "auto")
            #expect(chain.laps.contains(automatic.laps), "\(automatic.laps) laps")
            #expect(chain.unmatched.contains(automatic.unmatched), "\(automatic.unmatched) unmatched")
            // Regardless of how many it drops on a busy machine, unmeasured buffers are reported.
            if chain.elements == "vp9enc" { #expect(automatic.laps + automatic.unmatched == 60) }
            // Each has been delayed by this time on the path: a false match would be shorter.
            if automatic.laps > 0 { #expect(automatic.shortest >= .milliseconds(2)) }
            let stamped = try report(of: chain, correlation: "meta")
            #expect((stamped.laps > 0) == (chain.way == .meta))
        }

        /// An application between an appsink and an appsrc: it passes samples on, or makes new ones of the same memory
        /// and time stamps.
        private func report(
            ofApplication correlation: String, _ number: Int, anew: Bool
        ) throws -> (report: WatchReport, warnings: Int) {
            let pipeline = try Pipeline(
                """
                videotestsrc num-buffers=\(number) ! video/x-raw,width=64,height=64,framerate=30/1 \
                ! timepiecewatch watch=w edge=start ! identity sleep-time=2000 ! appsink name=in sync=false \
                appsrc name=out format=time ! timepiecewatch name=s watch=w edge=stop interval=0 \
                correlation=\(correlation) ! fakesink async=false
                """)
            let (sink, source) = (try pipeline.element("in"), try pipeline.element("out"))
            try pipeline.play()
            var passedOn = 0
            while let sample = sink.pullSample() {
                source.push(anew ? sample.madeAnew() : sample)
                passedOn += 1
            }
            source.endStream()
            try pipeline.wait(for: "eos")
            #expect(passedOn == number)
            return (try pipeline.watch("s"), pipeline.messages.all.filter { $0.type == "warning" }.count)
        }

        @Test(arguments: [1, 40, 150])
        func `gets from an appsink into an appsrc with the buffer that is passed on`(number: Int) throws {
            for correlation in ["auto", "meta"] {
                let (report, warnings) = try report(ofApplication: correlation, number, anew: false)
                #expect(report.laps == UInt64(number) && report.unmatched == 0 && report.issued == UInt64(number))
                #expect(report.shortest >= .milliseconds(2) && warnings == 0)
            }
        }

        @Test(arguments: [40, 64, 150])
        func `is not in a buffer that an application makes: none is recognized, and one warning says so`(
            number: Int
        ) throws {
            for (correlation, anew) in [("auto", true), ("meta", true), ("pts", true), ("pts", false)] {
                let (report, warnings) = try report(ofApplication: correlation, number, anew: anew)
                #expect(report.laps == 0 && report.unmatched == UInt64(number) && report.issued == UInt64(number))
                #expect(warnings == 1)
            }
        }

        private func report(of chain: Chain, correlation: String) throws -> WatchReport {
            let pipeline = try Pipeline(
                """
                \(chain.source) ! timepiecewatch watch=w edge=start ! identity sleep-time=2000 \
                ! \(chain.elements) ! timepiecewatch name=s watch=w edge=stop interval=0 correlation=\(correlation) \
                ! fakesink
                """)
            try pipeline.playToEnd()
            return try pipeline.watch("s")
        }
    }
}
