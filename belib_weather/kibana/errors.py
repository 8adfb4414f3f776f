"""Errors of Kibana; no message contains a password."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


class KibanaError(Exception):
    """Kibana did not do what was requested; the message says what, where, why, and what to do."""


class KibanaUnavailable(KibanaError):
    """No Kibana answers at the address, or not in time."""


class KibanaStarting(KibanaError):
    """Kibana answers, but is not available in time."""


class KibanaForbidden(KibanaError):
    """The user is unknown to Kibana or lacks a privilege."""


@dataclass(frozen=True)
class Refusal:
    """A saved object or rule that Kibana refused, and the reason."""

    kind: str
    title: str
    reason: str

    def __str__(self) -> str:
        return f"{self.kind} {self.title!r}: {self.reason}"

    @classmethod
    def of_import(cls, error: dict[str, Any]) -> "Refusal":
        """From one element of `errors` in the answer to an import.

        Source: https://www.elastic.co/docs/api/doc/kibana/operation/operation-post-saved-objects-import
        """
        title = (error.get("meta") or {}).get("title") or error.get("title") or error.get("id")
        return cls(str(error.get("type")), str(title), _reason(error.get("error") or {}))


class ImportRefused(KibanaError):
    """Saved objects were refused; Kibana then creates none of the import.

    Attributes:
        refusals: every refused object, with Kibana's reason.
    """

    def __init__(self, where: str, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__(
            f"{where} refused {len(self.refusals)} saved objects, so none was imported:"
            f"{_listed(self.refusals)}\n`belib-weather kibana export` writes the file"
        )


class RulesRefused(KibanaError):
    """Some alerting rules were refused; the others are in place.

    Attributes:
        refusals: every refused rule, with Kibana's reason.
    """

    def __init__(self, where: str, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__(
            f"{where} refused {len(self.refusals)} alerting rules; dashboards and the other rules"
            f" are in place:{_listed(self.refusals)}\nA user who creates rules needs the privilege"
            " Stack Rules, and Kibana the setting xpack.encryptedSavedObjects.encryptionKey"
        )


def _listed(refusals: Iterable[Refusal]) -> str:
    return "".join(f"\n  {refusal}" for refusal in refusals)


def _reason(error: dict[str, Any]) -> str:
    match error.get("type"):
        case "missing_references":
            missing = [f"{one['type']} {one['id']}" for one in error.get("references", [])]
            return f"refers to missing objects ({', '.join(missing)})"
        case "unsupported_type":
            return "this Kibana does not know the type"
        case "conflict" | "ambiguous_conflict":
            return "another object with this origin exists"
        case kind:
            return str(error.get("message") or kind or "no reason given")
