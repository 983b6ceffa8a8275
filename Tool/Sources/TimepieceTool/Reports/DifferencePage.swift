/// Two recordings as one page of differences.
enum DifferencePage {
    static func page(_ before: RecordingSummary, _ after: RecordingSummary) -> String {
        HTMLReport.page(
            .object([
                .init("comparison", ComparisonJSON.value(Comparison(before, after))),
                .init("before", PageData.json(before)), .init("after", PageData.json(after)),
            ]))
    }
}
