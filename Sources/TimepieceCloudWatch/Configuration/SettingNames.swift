/// The names of settings in the interface where they are set, for sentences about them.
///
/// The code names a setting by the element's property, such as `cloudwatch-metric-name`.
package enum SettingNames: Sendable {
    /// Parameters of the Swift API, as `metricName`.
    case parameters
    /// Properties of an element.
    case properties

    /// Returns the name of a setting.
    func callAsFunction(_ property: String) -> String {
        guard self == .parameters else { return property }
        // A word of the language.
        if property == "cloudwatch-protocol" { return "transferProtocol" }
        let words = property.split(separator: "-").drop { $0 == "cloudwatch" }
        let others = words.dropFirst().map { $0 == "uri" ? "URI" : $0.prefix(1).uppercased() + $0.dropFirst() }
        return words.prefix(1).joined() + others.joined()
    }

    /// Returns the name of a setting with its kind, such as `the property region`.
    func described(_ property: String) -> String {
        "the \(self == .parameters ? "parameter" : "property") \(self(property))"
    }

    /// All settings together.
    var all: String { self == .parameters ? "the parameters" : "the properties" }
}
