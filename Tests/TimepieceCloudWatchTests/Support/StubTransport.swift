import Synchronization

@testable import TimepieceCloudWatch

/// A transport that answers by a closure and remembers what it was asked.
final class StubTransport: Transport {
    private let seen = Mutex<[HTTPRequest]>([])
    private let answer: @Sendable (HTTPRequest) throws(TransportError) -> HTTPResponse

    init(_ answer: @escaping @Sendable (HTTPRequest) throws(TransportError) -> HTTPResponse) {
        self.answer = answer
    }

    /// Answers everything with one status and text.
    convenience init(status: Int = 200, _ text: String = "") {
        self.init { _ in HTTPResponse(status: status, body: Array(text.utf8)) }
    }

    /// The requests so far.
    var requests: [HTTPRequest] { seen.withLock { $0 } }

    func send(
        _ request: HTTPRequest, connectTimeout: Duration, timeout: Duration
    ) throws(TransportError) -> HTTPResponse {
        seen.withLock { $0.append(request) }
        return try answer(request)
    }
}

/// Returns the sentence of the error that a search ends with; nil if it finds keys.
func sentence(_ search: () throws -> Any?) -> String? {
    do {
        _ = try search()
        return nil
    } catch {
        return (error as? CredentialsError)?.sentence ?? "another error: \(error)"
    }
}

extension Environment {
    /// An environment without files and without an instance, and with the given variables.
    static func bare(_ more: [String: String] = [:]) -> Environment {
        let base = [
            "AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
            "AWS_EC2_METADATA_DISABLED": "true",
        ]
        return Environment(base.merging(more) { _, new in new })
    }
}
