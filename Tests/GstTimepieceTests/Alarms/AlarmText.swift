import TestEnvironment

/// Lists of alarms that are nearly right.
enum AlarmText {
    private static let seeds = [
        "interval,name=beat,every=5s; ordinal,name=tenth,each=10",
        "at,name=noon,time=2026-11-22T12:00:00Z",
        "at,time=2026-11-22T12:00:00.25+01:00; after,after=1m30s,action=eos",
        "interval,name=gop,every=2s,clock=running-time,action=force-key-unit,count=3",
        "ordinal,name=\"a;b\",each=(int)7; interval,every=1h2m3s4ms5us6ns",
    ]
    private static let pieces = [
        ";", ",", "=", "\"", "\\", "(int)", "(string)", "{", "}", "[", "<", "name=", "every=", "each=", "time=",
        "clock=",
        "running-time", "action=eos", "5s", "0", "-1", "9999999999999999999", "é", " ", "\n", "true", "1/2", "NULL",
    ]

    /// A seed with up to six changes: characters that go or are doubled, pieces that come, an end that is cut off.
    static func random(using random: inout SeededGenerator) -> String {
        var text = Array(seeds.randomElement(using: &random) ?? "")
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            let place = Int.random(in: 0...text.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0 where place < text.count: text.remove(at: place)
            case 1 where place < text.count: text.insert(text[place], at: place)
            case 2: text.removeSubrange(place...)
            case 3: text.insert(Character(Unicode.Scalar(UInt8.random(in: 1..<128, using: &random))), at: place)
            default: text.insert(contentsOf: pieces.randomElement(using: &random) ?? "", at: place)
            }
        }
        return String(text)
    }
}
