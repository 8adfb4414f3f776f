"""The proxies of the environment, taken as curl takes them; what cannot be used is named.

What belongs here: which proxy a request goes through. What does not: what is requested.
"""

import ipaddress
import os
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

_SCHEMES = ("http", "https")


class ProxyError(Exception):
    """A proxy variable has a value that cannot be used; the message names it, no password."""


class ProxiedTransport(httpx.BaseTransport):
    """Sends a request directly or through the proxy that the environment names for it.

    A client with a transport of its own ignores the environment; httpx's own reading of it raises
    ImportError for a SOCKS proxy, and has loopback addresses asked through a proxy.
    """

    def __init__(self) -> None:
        self._transports: dict[str | None, httpx.HTTPTransport] = {None: httpx.HTTPTransport()}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request.

        Raises:
            ProxyError: its proxy cannot be used.
        """
        proxy = proxy_of(request.url.scheme, request.url.host)
        if proxy not in self._transports:
            self._transports[proxy] = _through(proxy or "", request.url.scheme)
        return self._transports[proxy].handle_request(request)

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
    given = proxies.get(scheme) or proxies.get("all")
    if not given or _is_here(host) or proxy_bypass(host):
        return None
    address = given if "://" in given else f"http://{given}"
    if urlsplit(address).scheme.lower() not in _SCHEMES:
        kind = urlsplit(address).scheme
        raise ProxyError(
            f"{_variable(scheme)} names a proxy of the kind {kind}://, which is not supported:"
            " give an http:// or https:// proxy, or unset it"
        )
    return address


def _through(proxy: str, scheme: str) -> httpx.HTTPTransport:
    try:
        if httpx.URL(proxy).host:
            return httpx.HTTPTransport(proxy=proxy)
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


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
