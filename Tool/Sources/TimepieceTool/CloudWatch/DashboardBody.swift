/// The body of a dashboard of all streams that publish a metric with the same dimensions.
///
/// A menu for each dimension picks the stream that the widgets show, so that a fleet needs one dashboard. Source:
/// "Dashboard body structure and syntax" of the CloudWatch API reference.
struct DashboardBody {
    let series: MetricSeries
    private let isWatch: Bool
    private let region: String
    private let period: Int
    private let budget: String
    private let minimumFps: String

    init(_ names: CloudWatchNames, region: String) {
        series = names.series
        isWatch = names.watch
        self.region = region
        period = names.period
        budget = names.budgetSeconds
        minimumFps = names.minimumFpsText
    }

    /// The JSON, with a line feed at the end.
    var text: String {
        """
        {
          "variables": [
        \(series.dimensions.map { variable($0) }.joined(separator: ",\n"))
          ],
          "widgets": [
        \(widgets.joined(separator: ",\n"))
          ]
        }

        """
    }

    private var widgets: [String] {
        let time = isWatch ? "Processing time" : "Interval between frames"
        return [
            widget(
                x: 0, y: 0, time, axis: #""min": 0, "label": "seconds""#, line: ("budget", budget),
                """
                [\(metric), {"stat": "p50", "label": "p50"}],
                ["...", {"stat": "p90", "label": "p90"}],
                ["...", {"stat": "p99", "label": "p99"}],
                ["...", {"stat": "Maximum", "label": "longest", "visible": false}]
                """),
            widget(
                x: 12, y: 0, "Frames per second", axis: #""min": 0"#, line: ("low", minimumFps),
                """
                [{"expression": "n/PERIOD(n)", "label": "fps", "id": "fps"}],
                [\(metric), {"stat": "SampleCount", "id": "n", "visible": false}]
                """),
            widget(
                x: 0, y: 6, "Share of \(isWatch ? "frames" : "intervals") over \(budget) s",
                axis: #""min": 0, "max": 100, "label": "percent""#, line: nil,
                """
                [\(metric), {"stat": "PR(\(budget):)", "label": "over budget"}]
                """),
            widget(
                x: 12, y: 6, "The ten slowest streams, p99", axis: #""min": 0, "label": "seconds""#, line: nil,
                """
                [{"expression": "SORT(SEARCH('\(search)', 'p99', \(period)), MAX, DESC, 10)", "id": "slowest"}]
                """),
            widget(
                x: 0, y: 12, "The ten streams with the fewest frames per second", axis: #""min": 0"#, line: nil,
                """
                [{"expression": "SORT(SEARCH('\(search)', 'SampleCount', \(period)) / \(period), AVG, ASC, 10)",
                  "id": "fewest"}]
                """),
        ]
    }

    private var metric: String {
        ([series.namespace, series.metric] + series.dimensions.flatMap { [$0.name, $0.value.inJSON] })
            .map { "\"\($0)\"" }.joined(separator: ", ")
    }

    /// The search for all series of the metric, quoted for JSON.
    private var search: String {
        "\(series.searchSchema) MetricName=\"\(series.metric)\"".replacing("\"", with: "\\\"")
    }

    private func variable(_ dimension: MetricSeries.Dimension) -> String {
        let id = MetricSeries.slug(dimension.name, joint: "_", limit: 64).lowercased()
        return """
                {
                  "type": "property", "property": "\(dimension.name)", "inputType": "select", "id": "\(id)",
                  "label": "\(dimension.name)", "defaultValue": "\(dimension.value.inJSON)", "visible": true,
                  "search": "\(search)", "populateFrom": "\(dimension.name)"
                }
            """
    }

    private func widget(
        x: Int, y: Int, _ title: String, axis: String, line: (label: String, value: String)?, _ metrics: String
    ) -> String {
        let annotation = line.map {
            "\n        \"annotations\": {\"horizontal\": [{\"label\": \"\($0.label)\", \"value\": \($0.value)}]},"
        }
        return """
                {
                  "type": "metric", "x": \(x), "y": \(y), "width": 12, "height": 6,
                  "properties": {
                    "title": "\(title)", "region": "\(region)", "view": "timeSeries", "stacked": false,
                    "period": \(period), "yAxis": {"left": {\(axis), "showUnits": false}},\(annotation ?? "")
                    "metrics": [
            \(metrics.indented(by: 10))
                    ]
                  }
                }
            """
    }
}

extension String {
    /// The text with blanks before each line that is not empty.
    func indented(by count: Int) -> String {
        split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : String(repeating: " ", count: count) + $0 }
            .joined(separator: "\n")
    }
}
