"""The datasets of the simulated portal, and what a feed must offer to be one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Record = dict[str, Any]


class Feed(Protocol):
    """Something that answers with a whole dataset as of a second."""

    def records(
        self, at: int, *, fields: tuple[str, ...] = ..., zone: str = ..., most: int | None = ...
    ) -> list[Record]:
        """All records at a second, or the first so many, in the feed's own order."""
        ...

    def modified(self, at: int) -> int:
        """Second of the dataset's last change at a second."""
        ...

    def count(self, at: int) -> int:
        """Number of records at a second."""
        ...


@dataclass(frozen=True)
class Dataset:
    """A dataset of the portal.

    Attributes:
        name: the short name that faults use.
        id: identifier in the portal's addresses.
        title: title in the catalog.
        fields: label and type of each field, by name, in order.
    """

    name: str
    id: str
    title: str
    fields: Mapping[str, tuple[str, str]]
    feed: Feed

    def metadata(self, at: int, modified: str) -> Record:
        """The dataset's entry in the catalog; `modified` is an ISO instant."""
        return {
            "dataset_id": self.id,
            "dataset_uid": f"da_{self.name}",
            "attachments": [],
            "has_records": True,
            "data_visible": True,
            "features": ["geo", "analyze", "timeserie"],
            "metas": {
                "default": {
                    "title": self.title,
                    "description": "Invented data of a simulated city.",
                    "license": "Open Database License (ODbL)",
                    "language": "fr",
                    "publisher": "Simulator",
                    "modified": modified,
                    "modified_updates_on_data_change": True,
                    "data_processed": modified,
                    "metadata_processed": modified,
                    "records_count": self.feed.count(at),
                }
            },
            "fields": [
                {"name": name, "label": label, "type": kind, "description": None, "annotations": {}}
                for name, (label, kind) in self.fields.items()
            ],
        }
