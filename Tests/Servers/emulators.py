"""The emulators of AWS that verify signatures: moto with its authorization on, and MiniStack with AUTH=true."""

import os
import random
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import boto3
import moto_accounts
from lifetime import run, say, wait_for_end

ROOT_KEY = "AKIAROOTOFTHETESTS00"
ROOT_SECRET = "root+secret/of/the/tests"


def free_port():
    """A port for a server that does not accept a socket: below those that the system may assign to others."""
    while True:
        port = random.randrange(20000, 32768)
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue


def ministack(folder):
    """Starts MiniStack on a free port and waits until it answers; returns its address."""
    port = free_port()
    environment = {
        **os.environ, "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "AUTH": "true", "IOT_MTLS_ENABLED": "0",
        "MINISTACK_IMDS_V2_REQUIRED": "1", "AWS_ACCESS_KEY_ID": ROOT_KEY, "AWS_SECRET_ACCESS_KEY": ROOT_SECRET,
        "HOME": folder, "TMPDIR": folder}
    with open(os.path.join(folder, "log"), "wb") as log:
        subprocess.Popen(
            [sys.executable, "-m", "ministack"], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log,
            stderr=log, preexec_fn=end_with_this_process)
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{address}/_ministack/health", timeout=5).read()
            return address
        except OSError:
            time.sleep(0.2)
    with open(os.path.join(folder, "log")) as log:
        sys.exit(log.read()[-2000:])


def end_with_this_process():
    """Asks the kernel to end the child when its parent ends, however that comes (PR_SET_PDEATHSIG, SIGKILL)."""
    import ctypes
    ctypes.CDLL(None).prctl(1, 9)


def borrowed(address, user, role):
    """The keys of a role, with a session token."""
    keys = boto3.client(
        "sts", endpoint_url=address, region_name="us-east-1", aws_access_key_id=user["key"],
        aws_secret_access_key=user["secret"]).assume_role(RoleArn=role, RoleSessionName="camera")["Credentials"]
    return {"key": keys["AccessKeyId"], "secret": keys["SecretAccessKey"], "token": keys["SessionToken"]}


def make_user(address):
    """Makes a user and a role on MiniStack, because it does not verify the signatures of its root.

    Returns the keys of the user and the name of the role.
    """
    iam = boto3.client(
        "iam", endpoint_url=address, region_name="us-east-1", aws_access_key_id=ROOT_KEY,
        aws_secret_access_key=ROOT_SECRET)
    iam.create_user(UserName="camera")
    iam.put_user_policy(UserName="camera", PolicyName="publish", PolicyDocument=moto_accounts.POLICY)
    key = iam.create_access_key(UserName="camera")["AccessKey"]
    role = iam.create_role(RoleName="camera", AssumeRolePolicyDocument=moto_accounts.TRUST)["Role"]["Arn"]
    iam.put_role_policy(RoleName="camera", PolicyName="publish", PolicyDocument=moto_accounts.POLICY)
    return {"key": key["AccessKeyId"], "secret": key["SecretAccessKey"]}, role


def main():
    moto, key, secret = moto_accounts.start()
    user = {"key": key, "secret": secret}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        stack = ministack(folder)
        stack_user, stack_role = make_user(stack)
        say({
            "moto": {"address": moto, "user": user, "role": borrowed(
                moto, user, f"arn:aws:iam::{moto_accounts.ACCOUNT}:role/one")},
            "ministack": {"address": stack, "user": stack_user, "role": borrowed(stack, stack_user, stack_role)}})
        wait_for_end()


run(main)
