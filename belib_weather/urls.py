"""Addresses of servers: whether a URL means what it seems to mean.

A reserved character in a password ends the address early: what follows it is then taken for a host,
looked up in DNS and shown in errors. Such a URL is refused before anything asks for it, by words
that repeat none of it.
"""

import re

RESERVED = (
    "holds a reserved character in its user or password: percent-encode them there (@ is %40,"
    " : %3A, / %2F, ? %3F, # %23, % %25, [ %5B, ] %5D, a space %20)"
)
_NO_SERVER = "does not name a server; it looks like scheme://user:password@host:port"
_PART = r"(?:%[0-9A-Fa-f]{2}|[^\x00-\x20\x7f%:/?#\[\]@\\])*"
_USER = re.compile(rf"{_PART}(?::{_PART})?")
_SERVER = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|(?:[\w.-]|%[0-9A-Fa-f]{2})+)(?::\d{1,5})?")


def url_problem(url: str) -> str | None:
    """Why a URL is not the address of a server, without a word of it; None where it is.

    Several hosts may stand between commas; of PostgreSQL's URLs the host may be missing.
    """
    scheme, _, rest = url.partition("://")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    user, _, servers = authority.rpartition("@")
    if "@" in rest[len(authority) :] or not _USER.fullmatch(user):
        return RESERVED
    if not servers and scheme.startswith("postgresql"):
        return None
    if not all(_SERVER.fullmatch(server) for server in servers.split(",")):
        return _NO_SERVER
    return None
