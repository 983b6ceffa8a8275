/// One page that needs nothing else: the template with the figures in it.
enum HTMLReport {
    static func page(_ summary: RecordingSummary) -> String {
        // In a script element only "</" and "<!--" could end the data.
        let data = summary.json.text.split(separator: "<", omittingEmptySubsequences: false).joined(
            separator: "\\u003c")
        let template = String(decoding: PackageResources.report_html, as: UTF8.self)
        guard let place = template.firstRange(of: "\"timepiece-data\"") else { return template }
        return template[..<place.lowerBound] + data + template[place.upperBound...]
    }
}
