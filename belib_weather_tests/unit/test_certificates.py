"""Certificates of a company: taken from the usual variables, or named in one line."""

import http.server
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from belib_weather.certificates import VARIABLES
from belib_weather.settings import Settings
from belib_weather.sources.errors import ProxyUnusable, RequestRefused
from belib_weather.sources.http import HttpClient

ONCE = Settings(http_attempts=1, _env_file=None)


@pytest.fixture(autouse=True)
def _no_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the certificate and the key of a company's own authority, for this machine."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A company")])
    now = datetime.now(UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("company") / "company.pem"
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


@pytest.fixture(scope="module")
def url(company: Path) -> Iterator[str]:
    """An HTTPS server with that certificate; it answers 404."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(company)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"https://127.0.0.1:{server.server_port}/records"
        server.shutdown()


@pytest.mark.parametrize("variable", [name for name in VARIABLES if name != "SSL_CERT_DIR"])
def test_company_certificates_are_read_from_the_usual_variables(
    monkeypatch: pytest.MonkeyPatch, company: Path, url: str, variable: str
) -> None:
    monkeypatch.setenv(variable, str(company))
    with pytest.raises(RequestRefused, match="404"):
        HttpClient(ONCE).get("feed", url, {})


def test_an_untrusted_certificate_is_named_with_what_to_do(url: str) -> None:
    with pytest.raises(
        ProxyUnusable, match=r"127\.0\.0\.1 is not trusted; .*SSL_CERT_FILE"
    ) as error:
        HttpClient(ONCE).get("feed", url, {})
    assert "network" not in str(error.value)


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "No such file"), ("no certificate", "holds no certificate")]
)
def test_a_file_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str, content: str | None, reason: str
) -> None:
    file = tmp_path / "bundle.pem"
    if content:
        file.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with pytest.raises(ProxyUnusable, match=rf"SSL_CERT_FILE names {file}.*{reason}"):
        HttpClient(ONCE).get("feed", url, {})
