import Timepiece

/// A delivery line by line: Embedded Metric Format for a log that is forwarded, or requests as they would be sent.
package struct LineDelivery: Delivery {
    /// The contents of a line.
    package enum Content: Sendable {
        /// An Embedded Metric Format document for each datum.
        case documents
        /// The body of one request to the API.
        case request
    }

    private let content: Content
    private let output: any LineOutput
    private let embedded = EmbeddedMetricEncoder()
    private let service = PutMetricDataEncoder()

    /// Makes a delivery to an output.
    package init(_ content: Content, to output: any LineOutput) {
        self.content = content
        self.output = output
    }

    package func largestSize(of datum: Datum) -> Int { service.largestSize(of: datum) }

    package func deliver(_ batch: Batch) -> DeliveryReport {
        let began = Moment.now()
        let lines =
            switch content {
            case .documents: batch.data.map { embedded.document($0) }
            case .request: [service.body(batch.data, namespace: batch.namespace)]
            }
        var written = 0
        var refused: [Int] = []
        var reason = ""
        for (index, line) in lines.enumerated() {
            do throws(LineOutputError) {
                try output.write(line + [UInt8(ascii: "\n")], timeout: batch.timeout)
                written += 1
            } catch {
                guard error.neverFits else {
                    // All are written again; those before the failure have arrived.
                    let isUncertain = written > 0 || error.mayHaveArrived
                    return DeliveryReport(
                        .failed(error.sentence, isUncertain: isUncertain), began: began, ended: .now())
                }
                refused.append(index)
                reason = error.sentence
            }
        }
        let verdict: DeliveryVerdict = refused.isEmpty ? .accepted : .acceptedWithout(refused, reason)
        return DeliveryReport(verdict, began: began, ended: .now())
    }
}

/// An output for lines.
package protocol LineOutput: Sendable {
    /// Writes a line with its end, waiting no longer than the time-out.
    func write(_ line: [UInt8], timeout: Duration) throws(LineOutputError)
}

/// The reason why a line could not be written.
package struct LineOutputError: Error, Sendable, Equatable {
    /// What was attempted, where, and the system's reason.
    package let sentence: String
    /// True if the line may have arrived nevertheless.
    package let mayHaveArrived: Bool
    /// True if the line is too long for this output at any time.
    package let neverFits: Bool

    package init(_ sentence: String, mayHaveArrived: Bool = false, neverFits: Bool = false) {
        self.sentence = sentence
        self.mayHaveArrived = mayHaveArrived
        self.neverFits = neverFits
    }
}
