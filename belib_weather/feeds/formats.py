"""A feed as Atom (RFC 4287) and as JSON Feed 1.1.

What belongs here: the two formats. What does not: what the entries say (`entries`).
Concepts: https://www.rfc-editor.org/rfc/rfc4287, https://www.jsonfeed.org/version/1.1/
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as ET

from belib_weather import page_paths
from belib_weather.credits import BELIB, DATABASE_LICENSE
from belib_weather.feeds.entries import Entry

_ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Signs that no XML document can hold (https://www.w3.org/TR/xml/#charsets)."""


@dataclass(frozen=True)
class Feed:
    """A feed.

    Attributes:
        path: of its files below the site, without their ending, such as `feeds/station/X`.
        page: path of the page that it belongs to, such as `station/X/`.
        title: what the feed is about.
        entries: the newest first.
        updated: when the newest was known; of an empty feed, any instant.
    """

    path: str
    page: str
    title: str
    entries: Sequence[Entry]
    updated: datetime


def atom(feed: Feed, site: str) -> bytes:
    """The feed as Atom.

    Args:
        feed: what it says.
        site: public address of the site with a slash at its end; empty: links are relative.
    """
    root = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": "fr"})
    _add(root, "id", f"tag:belib-weather,2026:{feed.path}")
    _add(root, "title", feed.title)
    _add(root, "updated", _stamp(feed.updated))
    _add(root, "rights", f"{BELIB.line} ({DATABASE_LICENSE.url})")
    ET.SubElement(ET.SubElement(root, "author"), "name").text = BELIB.holder
    address = _address(feed, site)
    _link(root, "self", f"{address(feed.path)}.atom")
    _link(root, "alternate", address(feed.page))
    _link(root, "license", DATABASE_LICENSE.url)
    for one in feed.entries:
        entry = ET.SubElement(root, "entry")
        _add(entry, "id", one.id)
        _add(entry, "title", one.title)
        _add(entry, "updated", _stamp(one.at))
        _add(entry, "published", _stamp(one.at))
        _add(entry, "content", one.text)
        ET.SubElement(entry, "category", {"term": one.event})
        _link(entry, "alternate", address(_page_of(one)))
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return body


def json_feed(feed: Feed, site: str) -> bytes:
    """The feed as JSON Feed 1.1; arguments as of `atom`."""
    address = _address(feed, site)
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": feed.title,
            "home_page_url": address(feed.page),
            "feed_url": f"{address(feed.path)}.json",
            "description": f"{BELIB.line} ({DATABASE_LICENSE.url})",
            "authors": [{"name": BELIB.holder}],
            "items": [
                {
                    "id": one.id,
                    "url": address(_page_of(one)),
                    "title": one.title,
                    "content_text": one.text,
                    "date_published": _stamp(one.at),
                    "tags": [one.event],
                }
                for one in feed.entries
            ],
        },
        ensure_ascii=False,
    ).encode()


def _address(feed: Feed, site: str) -> Callable[[str], str]:
    """From a path below the site to a link in the feed."""
    root = site or "../" * feed.path.count("/")
    return lambda path: f"{root}{path}"


def _page_of(entry: Entry) -> str:
    return page_paths.station(entry.station_id).lstrip("/")


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _NOT_XML.sub("\ufffd", text)


def _link(parent: ET.Element, rel: str, href: str) -> None:
    ET.SubElement(parent, "link", {"rel": rel, "href": href})


def _stamp(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"
