/// The name of an AWS region, as `eu-central-1`.
///
/// It becomes part of a host name, so only a valid label of a host name is accepted.
package struct Region: Sendable, Equatable, CustomStringConvertible {
    /// The name.
    package let name: String

    /// Takes a name; nil unless it has 1 to 63 lower-case letters, digits and inner hyphens, and a letter among them.
    package init?(_ name: String) {
        let letters = Array(name.utf8)
        let isLabel = letters.allSatisfy {
            $0 >= 97 && $0 <= 122 || $0 >= 48 && $0 <= 57 || $0 == UInt8(ascii: "-")
        }
        guard isLabel, (1...63).contains(letters.count), letters.first != UInt8(ascii: "-"),
            letters.last != UInt8(ascii: "-"), letters.contains(where: { $0 >= 97 })
        else { return nil }
        self.name = name
    }

    /// The name.
    package var description: String { name }

    /// The domain under which the region's services are.
    package var domain: String { partition.domain }

    /// The domain of the services that answer over IPv6 too.
    package var dualStackDomain: String { partition.dualStackDomain }

    /// True for AWS GovCloud, whose plain hosts are the FIPS ones.
    var isGovCloud: Bool { name.hasPrefix("us-gov-") }

    private struct Partition {
        let prefix: String
        let domain: String
        let dualStackDomain: String
    }

    private var partition: Partition {
        Self.partitions.first { name.hasPrefix($0.prefix) }
            ?? Partition(prefix: "", domain: "amazonaws.com", dualStackDomain: "api.aws")
    }

    /// Source: `partitions.json` of botocore; a test compares all hosts with botocore's own rules.
    private static let partitions = [
        Partition(prefix: "cn-", domain: "amazonaws.com.cn", dualStackDomain: "api.amazonwebservices.com.cn"),
        Partition(prefix: "us-isob-", domain: "sc2s.sgov.gov", dualStackDomain: "api.aws.scloud"),
        Partition(prefix: "us-isof-", domain: "csp.hci.ic.gov", dualStackDomain: "api.aws.hci.ic.gov"),
        Partition(prefix: "eu-isoe-", domain: "cloud.adc-e.uk", dualStackDomain: "api.cloud-aws.adc-e.uk"),
        Partition(prefix: "us-iso-", domain: "c2s.ic.gov", dualStackDomain: "api.aws.ic.gov"),
        Partition(prefix: "eusc-", domain: "amazonaws.eu", dualStackDomain: "api.amazonwebservices.eu"),
    ]
}
