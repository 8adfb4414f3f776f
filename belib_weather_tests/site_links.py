"""Links of a folder of pages: every one to a file of the folder must lead to one.

What belongs here: all pages of a folder, whoever wrote them. What does not: pages of elsewhere.
"""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin

_HERE = "http://site.example/"
_LINKS = {"href", "src", "srcset", "content"}


class _Page(HTMLParser):
    """The links and the ids of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.add(value)
            elif name in _LINKS and value and (tag != "meta" or value.startswith(_HERE)):
                self.links.append(value)


def broken_links(folder: Path) -> list[str]:
    """Links of all pages of a folder that lead to no file, or to no place of a page."""
    pages = {path: _Page(path.read_text()) for path in sorted(folder.rglob("*.html"))}
    broken = []
    for path, page in pages.items():
        own = path.relative_to(folder).as_posix()
        # Shown in place of a page that is not there, below any path: its links begin at the root.
        address = _HERE if path.name == "404.html" else _HERE + own.removesuffix("index.html")
        for link in dict.fromkeys(page.links):
            target = urljoin(address, link)
            if not target.startswith(_HERE):
                continue
            name, _, place = unquote(target.removeprefix(_HERE)).partition("#")
            if path.name == "404.html" and not link.startswith(("/", "#", _HERE)):
                broken.append(f"{own}: {link} depends on the path")
            file = folder / name / "index.html" if name.endswith("/") or not name else folder / name
            if link.startswith("#"):
                file = path
            if not file.is_file():
                broken.append(f"{own}: {link}")
            elif place and file in pages and place not in pages[file].ids:
                broken.append(f"{own}: {link} names no place of the page")
    return broken
