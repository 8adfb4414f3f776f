"""The proxies of the environment, taken as curl takes them; what cannot be used is named.

What belongs here: which proxy a request goes through. What does not: what is requested.
"""

import ipaddress
import os
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from belib_weather.certificates import CertificatesError, advice, context, is_untrusted
from belib_weather.deadlines import PunctualTransport
from belib_weather.urls import url_problem

_SCHEMES = ("http", "https")
_OF_PROXY = (httpx.ProxyError, httpx.ConnectError, httpx.ConnectTimeout)
"""Where a proxy is asked these are its failures; others may be the server's."""


class ProxyError(Exception):
    """A variable of proxies or certificates cannot be used; the message names it, no password."""


class ProxiedTransport(httpx.BaseTransport):
    """Sends a request directly or through the proxy that the environment names for it.

    A client with a transport of its own ignores the environment; httpx's own reading of it raises
    ImportError for a SOCKS proxy, and has loopback addresses asked through a proxy.
    """

    def __init__(self) -> None:
        self._transports: dict[str | None, httpx.HTTPTransport] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request.

        Raises:
            ProxyError: its proxy or the certificates cannot be used, or that of the server is not
                trusted.
            httpx.ProxyError: the proxy does not answer, or refuses, or the answer breaks off behind
                it; the message names it.
        """
        scheme = request.url.scheme
        proxy = proxy_of(scheme, request.url.host)
        if proxy not in self._transports:
            self._transports[proxy] = _transport(proxy, scheme)
        try:
            reply = self._transports[proxy].handle_request(request)
        except httpx.TransportError as error:
            if is_untrusted(error):
                raise ProxyError(
                    f"the certificate of {request.url.host} is not trusted; {advice()}"
                ) from None
            if proxy is None:
                raise
            named = _named if isinstance(error, _OF_PROXY) else _proxy_text
            raise httpx.ProxyError(f"{named(proxy, scheme)}: {error}", request=request) from error
        if proxy is not None and reply.status_code == httpx.codes.PROXY_AUTHENTICATION_REQUIRED:
            reply.close()
            raise httpx.ProxyError(f"{_named(proxy, scheme)}: 407, it asks for user and password")
        return reply

    def close(self) -> None:
        """Close all connections."""
        for transport in self._transports.values():
            transport.close()


def proxy_of(scheme: str, host: str) -> str | None:
    """Address of the proxy for a request; None where it goes directly, as to this machine.

    Raises:
        ProxyError: it is none that can be used.
    """
    proxies = getproxies()
    proxy = proxies.get(scheme) or proxies.get("all")
    if not proxy or _is_loopback(host) or proxy_bypass(host):
        return None
    address = proxy if "://" in proxy else f"http://{proxy}"
    if urlsplit(address).scheme.lower() not in _SCHEMES:
        kind = urlsplit(address).scheme
        raise ProxyError(
            f"{_variable(scheme)} names a proxy of the kind {kind}://, which is not supported:"
            " give an http:// or https:// proxy, or unset it"
        )
    return address


def named_proxy(scheme: str, host: str) -> str | None:
    """The proxy for a request and the variable that names it, fit to be shown; None without.

    Raises:
        ProxyError: it is none that can be used.
    """
    proxy = proxy_of(scheme, host)
    if proxy is None:
        return None
    _transport(proxy, scheme).close()
    return _without_credentials(proxy, scheme)


def _without_credentials(proxy: str, scheme: str) -> str:
    """A proxy for a message, without user and password."""
    parts = urlsplit(proxy)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]} of {_variable(scheme)}"


def _named(proxy: str, scheme: str) -> str:
    return f"the proxy {_without_credentials(proxy, scheme)} refuses or does not answer"


def _proxy_text(proxy: str, scheme: str) -> str:
    return f"through the proxy {_without_credentials(proxy, scheme)}"


def _transport(proxy: str | None, scheme: str) -> httpx.HTTPTransport:
    try:
        trusted = context()
    except CertificatesError as error:
        raise ProxyError(str(error)) from None
    if proxy is None:
        return PunctualTransport(verify=trusted)
    try:
        if httpx.URL(proxy).host and url_problem(proxy) is None:
            is_encrypted = urlsplit(proxy).scheme.lower() == "https"
            way = httpx.Proxy(proxy, ssl_context=trusted if is_encrypted else None)
            return PunctualTransport(verify=trusted, proxy=way)
    except (ValueError, httpx.InvalidURL):
        pass
    raise ProxyError(
        f"{_variable(scheme)} is not the address of a proxy; it looks like"
        " http://proxy.example:3128, special characters in a password percent-encoded"
    )


def _variable(scheme: str) -> str:
    """The variable that names the proxy of a scheme."""
    for name in (f"{scheme}_proxy", "all_proxy"):
        for spelt in (name, name.upper()):
            if os.environ.get(spelt):
                return spelt
    return "the proxy of this system"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
