"""Botocore as the oracle of the credential chain.

Makes the files and the environment of each case, asks botocore for the keys, and prints a line of JSON per case; the
Swift tests ask the chain of Timepiece the same. The servers that the cases lead to run until standard input is closed.
"""

import os
import re
import sys
import tempfile

import boto3
import botocore.session
import loopback
import moto_accounts
from botocore.exceptions import ClientError
from certificates import Authority, context
from lifetime import run, say, wait_for_end

ROLE = f"arn:aws:iam::{moto_accounts.ACCOUNT}:role"


def static(name, secret=True):
    """The options of a profile with keys of its own."""
    return f"aws_access_key_id = AKIA{name}\n" + (f"aws_secret_access_key = secret-{name}\n" if secret else "")


def cases(user, secret, port):
    """The cases: name, config file, credentials file, environment, and other settings."""
    http = f"http://127.0.0.1:{port}"
    printer = f"{sys.executable} {{dir}}/print.py"
    source = f"aws_access_key_id = {user}\naws_secret_access_key = {secret}\n"
    one = f"role_arn = {ROLE}/one\nrole_session_name = first\n"
    two = f"role_arn = {ROLE}/two\nrole_session_name = second\n"
    environment = {"AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "secret-ENV"}
    real = {"AWS_ACCESS_KEY_ID": user, "AWS_SECRET_ACCESS_KEY": secret}
    web = {"AWS_WEB_IDENTITY_TOKEN_FILE": "{dir}/web-token", "AWS_ROLE_ARN": f"{ROLE}/web",
           "AWS_ROLE_SESSION_NAME": "pod", "AWS_ENDPOINT_URL_STS": f"{http}/sts"}

    def imds(kind):
        return {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": f"{http}/{kind}/"}

    def container(path, **more):
        return {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{http}/container/{path}", **more}

    # The environment.
    yield "keys of the environment", "", "", environment
    yield "a session token of the environment", "", "", {**environment, "AWS_SESSION_TOKEN": "t1"}
    yield "the older name of the session token", "", "", {**environment, "AWS_SECURITY_TOKEN": "t2"}
    yield "both names of the session token", "", "", {
        **environment, "AWS_SECURITY_TOKEN": "t2", "AWS_SESSION_TOKEN": "t1"}
    yield "an access key without a secret", "", "", {"AWS_ACCESS_KEY_ID": "AKIAENV"}
    yield "a secret without an access key", "", static_section("default", "FILE"), {"AWS_SECRET_ACCESS_KEY": "s"}
    yield "an empty access key", "", static_section("default", "FILE"), {**environment, "AWS_ACCESS_KEY_ID": ""}
    yield "an empty session token", "", "", {**environment, "AWS_SESSION_TOKEN": ""}
    yield "keys of the environment before a profile", "", static_section("default", "FILE"), environment
    yield "keys of the environment before AWS_PROFILE", "", static_section("other", "OTHER"), {
        **environment, "AWS_PROFILE": "other"}
    yield "keys of the environment with a missing AWS_PROFILE", "", "", {**environment, "AWS_PROFILE": "none"}
    yield "a profile that was set before keys of the environment", "", static_section("other", "OTHER"), environment, {
        "profile": "other"}
    yield "an expiration in the environment", "", "", {
        **environment, "AWS_CREDENTIAL_EXPIRATION": "2099-01-01T00:00:00Z"}
    yield "nothing at all", "", "", {}

    # Static profiles and the form of the files.
    yield "the default profile of the credentials file", "", static_section("default", "FILE"), {}
    yield "the default profile of the configuration file", static_section("default", "CONFIG"), "", {}
    yield "[profile default] in the configuration file", static_section("profile default", "CONFIG"), "", {}
    yield "the credentials file before the configuration file", static_section("default", "CONFIG"), \
        static_section("default", "FILE"), {}
    yield "AWS_PROFILE", "", static_section("other", "OTHER"), {"AWS_PROFILE": "other"}
    yield "AWS_DEFAULT_PROFILE before AWS_PROFILE", "", static_section("a", "A") + static_section("b", "B"), {
        "AWS_PROFILE": "a", "AWS_DEFAULT_PROFILE": "b"}
    yield "a profile of the configuration file", static_section("profile other", "OTHER"), "", {"AWS_PROFILE": "other"}
    yield "a profile whose section has no word profile", static_section("other", "OTHER"), "", {"AWS_PROFILE": "other"}
    yield "a profile with a quoted name", static_section('profile "my cam"', "QUOTED"), "", {"AWS_PROFILE": "my cam"}
    yield "a profile that is in neither file", static_section("profile a", "A"), static_section("b", "B"), {
        "AWS_PROFILE": "c"}
    yield "a profile that was set and is in neither file", "", "", {}, {"profile": "none"}
    yield "a session token in a profile", "", static_section("default", "FILE") + "aws_session_token = t3\n", {}
    yield "both names of the token in a profile", "", static_section("default", "FILE") \
        + "aws_session_token = t3\naws_security_token = t4\n", {}
    yield "a profile without a secret", "", "[default]\n" + static("FILE", secret=False), {}
    yield "a secret in a profile without an access key", "", "[default]\naws_secret_access_key = s\n", {}
    yield "comments, blanks and names in capitals", "", \
        "# first\n; second\n\n[default]\n\n  AWS_Access_Key_Id  =  AKIACAPS  \n# between\n" \
        "  aws_secret_access_key:secret=with:signs # and more\n", {}
    yield "a file with CR LF", "", static_section("default", "CRLF").replace("\n", "\r\n"), {}
    yield "nested options beside the keys", \
        "[default]\ns3 =\n  max_concurrent_requests = 20\n  # a comment\n  max_queue_size=1\n" \
        + static("NESTED"), "", {}
    yield "nested options without an equals sign", "[default]\ns3 =\n  nonsense\n" + static("NESTED"), "", {}
    yield "a value that goes on in the next line", "", \
        "[default]\naws_access_key_id = AKIAFILE\naws_secret_access_key = secret\n  more\n\n", {}
    yield "[DEFAULT] for all sections", "", "[DEFAULT]\naws_secret_access_key = shared\n[default]\n" \
        "aws_access_key_id = AKIAFILE\n", {}
    yield "a section given twice", "", static_section("default", "A") + static_section("default", "B"), {}
    yield "an option given twice", "", static_section("default", "A") + "aws_access_key_id = AKIAB\n", {}
    yield "a line without an equals sign", "", static_section("default", "A") + "nonsense\n", {}
    yield "options before any section", "", static("A"), {}
    yield "a malformed file beside keys of the environment", "nonsense", "", environment
    yield "a file that is not text", "", b"[default]\naws_access_key_id = \xff\xfe\n", {}
    yield "a section name with a bracket and a comment after it", "", \
        static_section("default", "A").replace("[default]", "[default] # mine"), {}
    yield "a file path with a variable and a tilde", "", "", {
        "AWS_SHARED_CREDENTIALS_FILE": "~/${PLACE}/$MISSING.ini", "PLACE": "place"}, {
        "files": {"place/$MISSING.ini": static_section("default", "EXPANDED")}}

    # Programs.
    yield "a program", f"[default]\ncredential_process = {printer} PROCESS\n", "", {}
    yield "a program and quoted words", f"[default]\ncredential_process = {printer} \"a b\"'C' d\\ e\n", "", {}
    yield "a program in the credentials file", "", f"[default]\ncredential_process = {printer} PROCESS\n", {}
    yield "a program with an expiration", f"[default]\ncredential_process = {printer} P expiring\n", "", {}
    yield "a program that fails", f"[default]\ncredential_process = {printer} P fail\n", "", {}
    yield "a program of another version", f"[default]\ncredential_process = {printer} P version\n", "", {}
    yield "a program without a version", f"[default]\ncredential_process = {printer} P noversion\n", "", {}
    yield "a program that prints no JSON", f"[default]\ncredential_process = {printer} P garbage\n", "", {}
    yield "a program that prints no secret", f"[default]\ncredential_process = {printer} P nosecret\n", "", {}
    yield "a program that is not there", "[default]\ncredential_process = /nonexistent/program\n", "", {}
    yield "a program with an open quotation", "[default]\ncredential_process = echo \"\n", "", {}
    yield "a program that would need a shell", f"[default]\ncredential_process = {printer} $HOME;true\n", "", {}
    yield "the credentials file before a program", f"[default]\ncredential_process = {printer} P\n", \
        static_section("default", "FILE"), {}
    yield "a program before keys of the configuration file", \
        f"[default]\ncredential_process = {printer} PROCESS\n" + static("CONFIG"), "", {}

    # Roles.
    yield "a role with a source profile", f"[default]\n{one}source_profile = base\n[profile base]\n{source}", "", {}
    yield "a role whose source is in the credentials file", f"[profile cam]\n{one}source_profile = base\n", \
        f"[base]\n{source}", {"AWS_PROFILE": "cam"}
    yield "a role that names its own profile", f"[default]\n{one}source_profile = default\n{source}", "", {}
    yield "a chain of two roles", \
        f"[default]\n{two}source_profile = mid\n[profile mid]\n{one}source_profile = base\n[profile base]\n{source}", \
        "", {}
    yield "a chain that stops at a profile with keys and a role", \
        f"[default]\n{two}source_profile = mid\n[profile mid]\n{one}source_profile = base\n{source}", "", {}
    yield "a circle of roles", \
        f"[default]\n{one}source_profile = b\n[profile b]\n{two}source_profile = default\n", "", {}
    yield "a role that names itself without keys", f"[default]\n{one}source_profile = default\n", "", {}
    yield "a role without a source", f"[default]\n{one}", "", {}
    yield "a role with both kinds of source", \
        f"[default]\n{one}source_profile = b\ncredential_source = Environment\n[profile b]\n{source}", "", {}
    yield "a source profile that does not exist", f"[default]\n{one}source_profile = b\n", "", {}
    yield "a source profile without keys", f"[default]\n{one}source_profile = b\n[profile b]\nregion = x\n", "", {}
    yield "a role with the environment's keys", f"[profile cam]\n{one}credential_source = Environment\n", "", real, {
        "profile": "cam"}
    yield "a role with a container's keys that are refused", \
        f"[default]\n{one}credential_source = EcsContainer\n", "", \
        container("open")
    yield "a role with a container's keys", f"[default]\n{one}credential_source = EcsContainer\n", "", {
        **container("open"), "AWS_ENDPOINT_URL_STS": f"{http}/sts"}
    yield "a role with the instance's keys", f"[default]\n{one}credential_source = Ec2InstanceMetadata\n", "", {
        **imds("imds"), "AWS_ENDPOINT_URL_STS": f"{http}/sts"}
    yield "an unknown credential source", f"[default]\n{one}credential_source = Moon\n", "", {}
    yield "a credential source that is not set up", f"[default]\n{one}credential_source = EcsContainer\n", "", {}
    yield "a role with a program as source", \
        f"[default]\n{one}source_profile = b\n[profile b]\ncredential_process = {printer} real\n", "", {}
    yield "a role with a wrong secret", \
        f"[default]\n{one}source_profile = b\n[profile b]\naws_access_key_id = {user}\naws_secret_access_key = no\n", \
        "", {}
    yield "a role before keys of the credentials file", f"[default]\n{one}source_profile = base\n", \
        f"[default]\n{static('FILE')}[base]\n{source}", {}
    yield "a role with an external identifier and a duration", \
        f"[default]\n{one}source_profile = b\nexternal_id = x:1\nduration_seconds = 900\n[profile b]\n{source}", "", {}
    yield "a role without a session name", f"[default]\nrole_arn = {ROLE}/three\nsource_profile = b\n" \
        f"[profile b]\n{source}", "", {}

    # Web identity.
    yield "a web identity of the environment", "", "", web
    yield "a web identity before the credentials file", "", static_section("default", "FILE"), web
    yield "a web identity after a role", f"[default]\n{one}source_profile = b\n[profile b]\n{source}", "", web
    yield "keys of the environment before a web identity", "", "", {**web, **environment}
    yield "a profile that was set puts the web identity out of play", "", static_section("other", "OTHER"), web, {
        "profile": "other"}
    yield "a web identity without a role", "", "", {"AWS_WEB_IDENTITY_TOKEN_FILE": "{dir}/web-token"}
    yield "a web identity that is refused", "", "", {**web, "AWS_WEB_IDENTITY_TOKEN_FILE": "{dir}/token"}
    yield "a web identity without its file", "", "", {**web, "AWS_WEB_IDENTITY_TOKEN_FILE": "{dir}/none"}
    yield "a web identity of a profile", \
        f"[default]\nrole_arn = {ROLE}/web\nrole_session_name = pod\n" \
        "web_identity_token_file = {dir}/web-token\n", "", {
            "AWS_ENDPOINT_URL_STS": f"{http}/sts"}
    yield "a web identity as source of a role", \
        f"[default]\n{one}source_profile = w\n[profile w]\nrole_arn = {ROLE}/web\nrole_session_name = pod\n" \
        "web_identity_token_file = {dir}/web-token\n", "", {"AWS_ENDPOINT_URL_STS": f"{http}/sts"}
    for name, lines, more in [
        ("a token service in the profile's services", "services = mine\nendpoint_url = http://127.0.0.1:1\n", {}),
        ("a token service in the profile", f"endpoint_url = {http}/sts\n", {}),
        ("a token service in AWS_ENDPOINT_URL", "services = mine\n", {"AWS_ENDPOINT_URL": f"{http}/sts"}),
        ("AWS_ENDPOINT_URL before the profile", "services = mine\n", {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}),
        ("a services section that does not exist", "services = yours\n", {}),
    ]:
        yield name, f"[default]\n{lines}[services mine]\nsts =\n  endpoint_url = {http}/sts\n", "", {
            **web, "AWS_ENDPOINT_URL_STS": None, **more}

    # Containers.
    yield "a container", "", "", container("open")
    yield "a container with a query in its address", "", "", container("query?id=1")
    yield "a container with a token", "", "", container("guarded", AWS_CONTAINER_AUTHORIZATION_TOKEN="Bearer abc")
    yield "a container with a token file", "", "", container(
        "guarded", AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE="{dir}/token",
        AWS_CONTAINER_AUTHORIZATION_TOKEN="not this")
    yield "a container with a token file that ends in a line break", "", "", container(
        "guarded", AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE="{dir}/token-line")
    yield "a container with a missing token file", "", "", container(
        "guarded", AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE="{dir}/none")
    yield "a container of another host without TLS", "", "", {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://192.0.2.1/open"}
    yield "a container whose reply lacks the token", "", "", container("partial")
    yield "a profile before a container", "", static_section("default", "FILE"), container("open")
    yield "a container before the instance", "", "", {**container("open"), **imds("imds")}

    # The instance.
    yield "an instance", "", "", imds("imds")
    yield "an instance that is turned off", "", "", {**imds("imds"), "AWS_EC2_METADATA_DISABLED": "TRUE"}
    yield "an instance that refuses the token", "", "", imds("imds-refused")
    yield "an instance of version 1, which is turned off", "", "", {
        **imds("imds-v1"), "AWS_EC2_METADATA_V1_DISABLED": "true"}
    yield "an instance without a role", "", "", imds("imds-norole")
    yield "an instance whose role is broken", "", "", imds("imds-error")
    yield "an instance that prints no JSON", "", "", imds("imds-garbage")
    yield "an instance's endpoint in the profile", \
        f"[default]\nec2_metadata_service_endpoint = {http}/imds/\n", "", {"AWS_EC2_METADATA_DISABLED": "false"}


def static_section(section, name):
    return f"[{section}]\n{static(name)}"


PRINTER = """import json, sys
name, kind = "".join(sys.argv[1:2]), "".join(sys.argv[2:3])
keys = {"Version": 1, "AccessKeyId": "AKIA" + "-".join(sys.argv[1:]).replace(" ", "_"),
        "SecretAccessKey": "secret", "SessionToken": "token"}
if name == "real":
    keys = {"Version": 1, "AccessKeyId": "@USER@", "SecretAccessKey": "@SECRET@"}
if kind == "expiring":
    keys["Expiration"] = "2099-01-01T00:00:00Z"
if kind == "version":
    keys["Version"] = 2
if kind == "noversion":
    del keys["Version"]
if kind == "nosecret":
    del keys["SecretAccessKey"]
if kind == "fail":
    sys.exit("secret words on standard error")
print("garbage" if kind == "garbage" else json.dumps(keys))
"""


def write(folder, name, content):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    content = content if isinstance(content, bytes) else content.encode()
    with open(path, "wb") as file:
        file.write(content.replace(b"{dir}", folder.encode()))
    return path


def caller(address, keys):
    """The identity of the keys, by the token service."""
    return boto3.client(
        "sts", endpoint_url=address, region_name="us-east-1", aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key, aws_session_token=keys.token).get_caller_identity()["Arn"]


def ask(environment, profile, address):
    """The credentials that botocore finds."""
    kept = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        found = botocore.session.Session(profile=profile).get_credentials()
        keys = found.get_frozen_credentials() if found else None
    except Exception as error:
        return {"error": type(error).__name__}
    finally:
        os.environ.clear()
        os.environ.update(kept)
    if keys is None:
        return {"error": "None"}
    if keys.access_key.startswith("ASIA"):
        try:
            return {"caller": re.sub(r"botocore-session-\d+", "made-up", caller(address, keys))}
        except ClientError as error:
            return {"error": str(error)}
    answer = {"accessKeyID": keys.access_key, "secretAccessKey": keys.secret_key}
    return {**answer, "sessionToken": keys.token} if keys.token else answer


def main():
    address, user, secret = moto_accounts.start()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as root:
        authority = Authority(root)
        device = authority.issue("device")
        stranger = Authority(root, "stranger").issue("impostor")
        port = loopback.serve()
        mutual = loopback.serve(context(*authority.issue("iot", ["localhost"]), client_authority=authority.path))
        say({"sts": address, "user": user, "secret": secret, "port": port, "mutual": mutual,
             "authority": authority.path, "device": device[0], "deviceKey": device[1], "impostor": stranger[0],
             "impostorKey": stranger[1]})
        for number, (name, config, credentials, environment, *more) in enumerate(cases(user, secret, port)):
            more = more[0] if more else {}
            folder = os.path.join(root, str(number))
            write(folder, "print.py", PRINTER.replace("@USER@", user).replace("@SECRET@", secret))
            write(folder, "web-token", "good identity")
            write(folder, "token", "Bearer abc")
            write(folder, "token-line", "Bearer abc\n")
            for path, content in more.get("files", {}).items():
                write(folder, path, content)
            full = {
                "HOME": folder, "PATH": os.environ["PATH"], "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_EC2_METADATA_DISABLED": "true", "AWS_METADATA_SERVICE_TIMEOUT": "30",
                "AWS_ENDPOINT_URL_STS": address,
                "AWS_CONFIG_FILE": write(folder, "config", config),
                "AWS_SHARED_CREDENTIALS_FILE": write(folder, "credentials", credentials),
                **{key: value and value.replace("{dir}", folder) for key, value in environment.items()}}
            full = {key: value for key, value in full.items() if value is not None}
            say({
                "name": name, "environment": "\x1f".join(f"{key}={value}" for key, value in full.items()),
                "profile": more.get("profile", ""), **ask(full, more.get("profile"), address)})
        say({"end": 1})
        wait_for_end()


run(main)
