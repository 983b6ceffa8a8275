package import Timepiece

extension CredentialsSettings {
    /// Refuses what can be seen to be wrong without asking a service or running a program.
    ///
    /// For the start of an element: half a pair of keys, a profile that is missing or goes in a circle, a malformed file,
    /// a certificate that is not there. Reads a few files, sends nothing. What only a service can tell is found later, by
    /// ``CredentialsChain``.
    package func check(at now: WallTime) throws(CredentialsError) {
        if let certificate = iotCertificate?.certificate {
            for path in [certificate.certificatePath, certificate.keyPath, certificate.authoritiesPath] {
                guard let path else { continue }
                do {
                    _ = try FileContents.read(path)
                } catch {
                    throw CredentialsError("The file \(path) of iot-certificate \(error.reason).")
                }
            }
        }
        do throws(CredentialsError) {
            _ = try CredentialsSearch(settings: self, transport: NoTransport(), runsPrograms: false).run(at: now)
        } catch {
            guard error.isTransient else { throw error }
        }
    }
}

/// A transport that sends nothing.
private struct NoTransport: Transport {
    func send(
        _ request: HTTPRequest, connectTimeout: Duration, timeout: Duration
    ) throws(TransportError) -> HTTPResponse {
        throw TransportError(.couldNotConnect, "Nothing is sent for a check.")
    }
}
