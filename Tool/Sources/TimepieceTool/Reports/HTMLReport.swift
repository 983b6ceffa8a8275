import CReportPage

/// A self-contained page: the template with the data in it.
enum HTMLReport {
    static func page(_ summary: RecordingSummary) -> String {
        page(PageData.json(summary))
    }

    static func page(_ data: JSONValue) -> String {
        // In a script element only "</" and "<!--" could end the data.
        let text = data.text.split(separator: "<", omittingEmptySubsequences: false).joined(separator: "\\u003c")
        let template = unsafe String(cString: report_page())
        guard let place = template.firstRange(of: "\"timepiece-data\"") else { return template }
        return template[..<place.lowerBound] + text + template[place.upperBound...]
    }
}
