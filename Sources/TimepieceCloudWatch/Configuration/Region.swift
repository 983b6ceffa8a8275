/// The name of an AWS region, as `eu-central-1`.
///
/// It becomes part of a host name, so only what can be a label of one is let in.
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

    /// The domain under which the region's services are, after `partitions.json` of botocore.
    package var domain: String {
        for (prefix, domain) in Self.domains where name.hasPrefix(prefix) { return domain }
        return "amazonaws.com"
    }

    /// The domain of the services that answer over IPv6 too.
    package var dualStackDomain: String {
        switch domain {
        case "amazonaws.com": "api.aws"
        case "amazonaws.com.cn": "api.amazonwebservices.com.cn"
        default: domain
        }
    }

    private static let domains = [
        ("cn-", "amazonaws.com.cn"), ("us-isob-", "sc2s.sgov.gov"), ("us-isof-", "csp.hci.ic.gov"),
        ("eu-isoe-", "cloud.adc-e.uk"), ("us-iso-", "c2s.ic.gov"), ("eusc-", "amazonaws.eu"),
    ]
}
