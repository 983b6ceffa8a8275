import Timepiece

/// A way out line by line: Embedded Metric Format for a log that is forwarded, or requests as they would be sent.
package struct LineDelivery: Delivery {
    /// What a line has in it.
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

    /// Makes a way to an output.
    package init(_ content: Content, to output: any LineOutput) {
        self.content = content
        self.output = output
    }

    package func largestSize(of datum: Datum) -> Int { service.largestSize(of: datum) }

    package func deliver(_ shipment: Shipment) -> DeliveryReport {
        let began = Moment.now()
        let lines =
            switch content {
            case .documents: shipment.data.map { embedded.document($0) }
            case .request: [service.body(shipment.data, namespace: shipment.namespace)]
            }
        var written = 0
        do throws(LineOutputError) {
            for line in lines {
                try output.write(line + [UInt8(ascii: "\n")], timeout: shipment.timeout)
                written += 1
            }
            return DeliveryReport(.accepted, began: began, ended: .now())
        } catch {
            // All are written again; those before the failure have arrived.
            let isUncertain = written > 0 || error.mayHaveArrived
            return DeliveryReport(.failed(error.sentence, isUncertain: isUncertain), began: began, ended: .now())
        }
    }
}
