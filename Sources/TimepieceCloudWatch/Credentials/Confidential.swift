/// A value that holds secrets, so that no text made of it shows what is inside.
///
/// Logs, test reports and debuggers print values by these three forms; a type says in its description what may be known.
package protocol Confidential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}

extension Confidential {
    /// The name of the type.
    package var description: String { "\(Self.self)" }

    /// The description.
    package var debugDescription: String { description }

    /// The description alone, in place of the properties.
    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
