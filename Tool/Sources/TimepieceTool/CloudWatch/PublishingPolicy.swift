/// The right to publish under a namespace, and nothing else.
enum PublishingPolicy {
    /// An IAM policy.
    static func document(namespace: String) -> String {
        """
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Action": "cloudwatch:PutMetricData",
              "Resource": "*",
              "Condition": {"StringEquals": {"cloudwatch:namespace": "\(namespace)"}}
            }
          ]
        }

        """
    }

    /// The same for Terraform.
    static func terraform(namespace: String) -> String {
        let name = MetricSeries.slug("timepiece-\(namespace)", joint: "-", limit: 128)
        return """
            resource "aws_iam_policy" "\(name.replacing("-", with: "_"))" {
              name   = "\(name)"
              policy = <<-JSON
            \(document(namespace: namespace).indented(by: 4))  JSON
            }

            """
    }
}
