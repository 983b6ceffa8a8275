#!/usr/bin/env python3
"""A CloudWatch without a trusted certificate receives nothing, in any environment, unless AWS_CA_BUNDLE names it."""

import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Servers"))
from cloudwatch_server import CloudWatchServer
from quiet_server import certify

# Variables that turn off verification in other programs: Python, Node, git, curl's own build, AWS's tools.
SWITCHES = {
    "PYTHONHTTPSVERIFY": "0", "NODE_TLS_REJECT_UNAUTHORIZED": "0", "GIT_SSL_NO_VERIFY": "1", "CURL_INSECURE": "1",
    "CURL_SSL_NO_VERIFY": "1", "SSL_NO_VERIFY": "1", "AWS_NO_VERIFY_SSL": "true", "AWS_VERIFY_SSL": "false",
    "REQUESTS_CA_BUNDLE": "", "AWS_CA_BUNDLE": "",
}
CONFIGURATION = "[default]\nverify_ssl = false\nno_verify_ssl = true\ncli_verify = false\n"
CURLRC = "insecure\n"


def publish(port, environment):
    """Publishes to the service and returns the output."""
    done = subprocess.run(
        ["gst-launch-1.0", "-m", "fakesrc", "num-buffers=300", "!", "timepiecetick", "cloudwatch-namespace=Trust",
         "region=eu-west-1", "access-key=AKIDEXAMPLE", "secret-access-key=secret", "cloudwatch-spool=none",
         f"endpoint-uri=https://localhost:{port}", "!", "fakesink"],
        env=environment, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout + done.stderr


def main():
    with tempfile.TemporaryDirectory() as folder:
        certificate = certify(folder)
        os.mkdir(f"{folder}/.aws")
        for path, text in ((".aws/config", CONFIGURATION), (".curlrc", CURLRC)):
            with open(f"{folder}/{path}", "w", encoding="utf-8") as file:
                file.write(text)
        server = CloudWatchServer(certificate)
        plain = dict(os.environ, HOME=folder, AWS_EC2_METADATA_DISABLED="true")
        publish(server.server_port, dict(plain, **SWITCHES))
        assert server.requests == 0, f"{server.requests} requests came without a certificate that is trusted"
        # The same with the authority: only the certificate was missing.
        publish(server.server_port, dict(plain, AWS_CA_BUNDLE=certificate))
        assert server.requests > 0, "nothing came although the certificate is trusted"


if __name__ == "__main__":
    sys.exit(main())
