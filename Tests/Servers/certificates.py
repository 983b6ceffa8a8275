"""Certificates for the tests, valid for a day, made when they are needed."""

import datetime
import ipaddress
import os
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Authority:
    """An authority of the tests' own that signs certificates into a folder."""

    def __init__(self, folder, name="authority"):
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self._builder(self.name, self.key).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.path = self._write(f"{name}.pem", certificate.sign(self.key, hashes.SHA256()))

    def issue(self, name, hosts=()):
        """Makes a certificate for hosts, or for a client without any; returns the paths of it and of its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self._builder(subject, key)
        if hosts:
            certificate = certificate.add_extension(
                x509.SubjectAlternativeName([self._alternative(host) for host in hosts]), critical=False)
        path = self._write(f"{name}.pem", certificate.sign(self.key, hashes.SHA256()))
        key_path = os.path.join(self.folder, f"{name}.key")
        with open(key_path, "wb") as file:
            file.write(key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        return path, key_path

    def _builder(self, subject, key):
        now = datetime.datetime.now(datetime.timezone.utc)
        return (
            x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=1)))

    def _write(self, name, certificate):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(certificate.public_bytes(serialization.Encoding.PEM))
        return path

    @staticmethod
    def _alternative(host):
        try:
            return x509.IPAddress(ipaddress.ip_address(host))
        except ValueError:
            return x509.DNSName(host)


def context(certificate, key, client_authority=None):
    """The certificate of a server, and the authority by which it verifies those of its clients."""
    result = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    result.load_cert_chain(certificate, key)
    if client_authority:
        result.load_verify_locations(client_authority)
        result.verify_mode = ssl.CERT_REQUIRED
    return result
