/// A text for use between the quotation marks of the generated files.
///
/// The names of devices and streams are free: an apostrophe or a dollar sign is a character like any other.
extension String {
    /// Between double quotes in JSON, and in YAML, which has the same escapes.
    var inJSON: String {
        replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }

    /// Between double quotes in Terraform's language.
    var inTerraform: String { inJSON.withoutTemplates }

    /// Without escapes for the beginnings of templates of Terraform's language.
    var withoutTemplates: String {
        replacing("${", with: "$${").replacing("%{", with: "%%{")
    }

    /// Between single quotes in a shell.
    var inShell: String { replacing("'", with: "'\\''") }
}
