"""moto with an account of the tests: a user, roles, and signatures that are verified."""

import json
import logging
import urllib.request

import boto3
from moto.server import ThreadedMotoServer

ACCOUNT = "123456789012"
ROLES = ["one", "two", "three"]
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["sts:*", "cloudwatch:*", "monitoring:*"], "Resource": "*"}]})
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]})


def start():
    """Starts moto on a free port; returns its address and the keys of the user."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    address = f"http://127.0.0.1:{port}"
    iam = boto3.client(
        "iam", endpoint_url=address, region_name="us-east-1", aws_access_key_id="AKIAFIRST",
        aws_secret_access_key="first")
    iam.create_user(UserName="camera")
    key = iam.create_access_key(UserName="camera")["AccessKey"]
    iam.put_user_policy(UserName="camera", PolicyName="all", PolicyDocument=POLICY)
    for role in ROLES:
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=TRUST)
        iam.put_role_policy(RoleName=role, PolicyName="all", PolicyDocument=POLICY)
    urllib.request.urlopen(urllib.request.Request(
        f"{address}/moto-api/reset-auth", data=b"0", headers={"Content-Type": "text/plain"})).read()
    return address, key["AccessKeyId"], key["SecretAccessKey"]
