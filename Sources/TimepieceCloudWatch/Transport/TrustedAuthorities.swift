import Glibc

/// The authorities by which a server is trusted: certificates in a PEM file, or in a directory that `openssl rehash`
/// has prepared.
package struct TrustedAuthorities: Sendable, Equatable {
    /// The file or directory.
    let path: String
    /// Whether it is a directory.
    let isDirectory: Bool

    /// Takes a file without a check.
    package init(file: String) {
        path = file
        isDirectory = false
    }

    /// Takes a file or directory and checks whether it contains certificates.
    ///
    /// - Throws: if there are none; transiently, if the system cannot read it just now.
    package init(checking path: String, origin: String) throws(CredentialsError) {
        var status = stat()
        self.path = path
        isDirectory = unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        if isDirectory {
            guard Self.hasHashedNames(path) else {
                throw CredentialsError(
                    "The directory \(path) of \(origin) has no certificates under hashed names, such as 9d66eef0.0; "
                        + "`openssl rehash \(path)` makes these names.")
            }
            return
        }
        let text: String
        do throws(FileContents.Failure) {
            text = try FileContents.read(path, limit: 16 << 20)
        } catch {
            throw CredentialsError(
                isTransient: error.isTransient,
                "The file of trusted certificates \(path) of \(origin) \(error.reason).")
        }
        guard text.contains("-----BEGIN") else {
            throw CredentialsError(
                "The file \(path) of \(origin) has no certificate in PEM form (-----BEGIN CERTIFICATE-----).")
        }
    }

    /// Finds the setting in botocore's order: `AWS_CA_BUNDLE`, `ca_bundle` of the profile, `REQUESTS_CA_BUNDLE`; nil
    /// for the system's own.
    static func find(
        _ environment: Environment, _ configuration: SharedConfiguration
    ) throws(CredentialsError) -> TrustedAuthorities? {
        // Not a loop over the three places: the compiler makes different code of it at each build.
        if let found = try check(environment.filled("AWS_CA_BUNDLE"), "AWS_CA_BUNDLE", environment) { return found }
        let origin = "ca_bundle of the AWS profile \"\(configuration.profileName)\""
        if let found = try check(configuration.profile["ca_bundle"], origin, environment) { return found }
        return try check(environment.filled("REQUESTS_CA_BUNDLE"), "REQUESTS_CA_BUNDLE", environment)
    }

    /// Checks the file or directory of one setting; nil if it is not set.
    private static func check(
        _ path: String?, _ origin: String, _ environment: Environment
    ) throws(CredentialsError) -> TrustedAuthorities? {
        guard let path, !path.isEmpty else { return nil }
        return try TrustedAuthorities(checking: environment.expand(path), origin: origin)
    }

    /// Whether a directory has a name such as `9d66eef0.0`, by which OpenSSL finds certificates.
    private static func hasHashedNames(_ path: String) -> Bool {
        guard let directory = unsafe opendir(path) else { return false }
        defer { unsafe closedir(directory) }
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
            let isHexadecimal = name.prefix(8).allSatisfy { 48...57 ~= $0 || 97...102 ~= $0 }
            if name.count >= 10, isHexadecimal, name[8] == UInt8(ascii: "."), 48...57 ~= name[9] { return true }
        }
        return false
    }
}
