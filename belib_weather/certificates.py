"""Whose certificates are trusted: the company's, where the environment names them.

What belongs here: one TLS context of this process. What does not: requests.
Of the variables the first that is set counts: those of OpenSSL, then those of requests and curl.
Without one the public authorities are trusted, and those that this system trusts.
"""

import os
import ssl
from functools import lru_cache
from pathlib import Path

import certifi

VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


class CertificatesError(Exception):
    """Certificates that the environment names cannot be used; the message names the variable."""


def named() -> tuple[str, Path] | None:
    """The variable that counts, and the file or folder that it names; None without."""
    found = ((name, os.environ.get(name)) for name in VARIABLES)
    return next(((name, Path(value)) for name, value in found if value), None)


def context() -> ssl.SSLContext:
    """The TLS context of clients; loading it takes 30 ms once.

    Raises:
        CertificatesError: the variable names nothing that can be read.
    """
    return _context(named())


@lru_cache(maxsize=2)
def _context(bundle: tuple[str, Path] | None) -> ssl.SSLContext:
    if bundle is None:
        trusted = ssl.create_default_context(cafile=certifi.where())
        trusted.load_default_certs()
        return trusted
    name, path = bundle
    try:
        if path.is_dir():
            return ssl.create_default_context(capath=str(path))
        return ssl.create_default_context(cafile=str(path))
    except OSError as error:  # ssl.SSLError is one
        reason = "holds no certificate (PEM)" if isinstance(error, ssl.SSLError) else error.strerror
        raise CertificatesError(
            f"{name} names {path}, which cannot be used ({reason}); name a file of certificates in"
            " PEM, or unset it"
        ) from None


def is_untrusted(error: BaseException) -> bool:
    """Whether a connection failed because its certificate is not trusted."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def advice() -> str:
    """What to do about a certificate that is not trusted."""
    bundle = named()
    if bundle is not None:
        return (
            f"{bundle[0]} names the certificates that are trusted: it needs those of your company"
        )
    return "where a proxy of your company issues it, name its certificates in SSL_CERT_FILE"
