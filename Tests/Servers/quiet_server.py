"""A web server on loopback for the tests of the plugin, with nothing but Python's own library."""

import http.server
import ssl
import subprocess
import threading


class QuietServer(http.server.ThreadingHTTPServer):
    """Serves in the background and says nothing of clients that break off; with a certificate, speaks TLS."""

    daemon_threads = True

    def __init__(self, handler, certificate=None):
        super().__init__(("127.0.0.1", 0), handler)
        self.context = certificate and ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if certificate:
            self.context.load_cert_chain(certificate)
        self.address = f"{'https' if certificate else 'http'}://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def finish_request(self, request, client_address):
        # Hands are shaken on the thread of the request.
        if self.context:
            request = self.context.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)

    def handle_error(self, request, client_address):
        pass


def certify(folder):
    """Makes a certificate for loopback in a file that holds its key, too; returns the file."""
    certificate = f"{folder}/certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", certificate, "-out", certificate],
        check=True, capture_output=True)
    return certificate
