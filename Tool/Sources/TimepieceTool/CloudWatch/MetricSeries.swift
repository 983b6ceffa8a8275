/// One series of CloudWatch: a metric with its dimensions.
struct MetricSeries: Equatable {
    struct Dimension: Equatable {
        let name: String
        let value: String
    }

    let namespace: String
    let metric: String
    /// In the order in which they are shown; the order has no meaning to CloudWatch.
    let dimensions: [Dimension]

    /// The name of the dashboard, with the characters that CloudWatch accepts there: A–Z a–z 0–9 - _ (DashboardName of
    /// PutDashboard).
    ///
    /// The devices are not part of it: one dashboard serves all.
    var dashboardName: String {
        let metric = metric == "frame_processing_time" ? "" : "-\(metric)"
        return Self.slug("timepiece-\(namespace)\(metric)", joint: "-", limit: 255)
    }

    /// The prefix of the names of alarms; CloudWatch accepts up to 255 printable characters there.
    var alarmPrefix: String {
        var parts = ["timepiece"]
        if namespace != "GStreamer/Video" { parts.append(namespace) }
        if metric != "frame_processing_time" { parts.append(metric) }
        return (parts + dimensions.map(\.value)).joined(separator: "-")
    }

    /// The namespace and the dimensions' names in the form of SEARCH, `{GStreamer/Video,Device,Label}`.
    ///
    /// Names with blanks, hyphens or other special characters are in quotation marks. Source: "CloudWatch search
    /// expression syntax".
    var searchSchema: String {
        "{" + ([namespace] + dimensions.map(\.name)).map { Self.searchTerm($0) }.joined(separator: ",") + "}"
    }

    /// Letters, digits and `_` of a text, with one `joint` for the characters in between.
    static func slug(_ text: String, joint: Character, limit: Int) -> String {
        var slug = ""
        for letter in text {
            let isPlain = letter.isASCII && (letter.isLetter || letter.isNumber) || letter == "_"
            if isPlain || letter == joint {
                slug.append(letter)
            } else if slug.last != joint {
                slug.append(joint)
            }
        }
        return String(slug.prefix(limit))
    }

    private static func searchTerm(_ text: String) -> String {
        let isPlain = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) || "_/".contains($0) }
        return isPlain && text.first?.isNumber == false ? text : "\"\(text)\""
    }
}
