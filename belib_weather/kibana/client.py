"""Requests to Kibana: readiness, stored objects, imports, alerting rules.

What belongs here: the public HTTP interfaces that 8.15 and 9 share. What does not: what to import
and when (`provision`), retries and credentials (`connection`).
Concept: https://www.elastic.co/docs/api/doc/kibana/
"""

import json
import re
from collections.abc import Sequence
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

from belib_weather.kibana.connection import (
    PASSING,
    Connection,
    TransientFailure,
    json_of,
    retry_for,
)
from belib_weather.kibana.errors import (
    ImportRefused,
    KibanaError,
    KibanaForbidden,
    KibanaStarting,
    Refusal,
)
from belib_weather.settings import Settings

OLDEST_VERSION = (8, 15)
READY = "available"
"""`degraded` is not enough: saved objects or alerting may not work yet."""
_STATUS, _IMPORT, _EXPORT = (
    "/api/status",
    "/api/saved_objects/_import",
    "/api/saved_objects/_export",
)
_SPACE = re.compile(r"/s/(?P<space>[a-z0-9_-]+)$")
_NEVER_UPDATED = frozenset({"rule_type_id", "consumer", "enabled"})
_READ_ONLY = frozenset({"connector_type_id"})


class KibanaClient:
    """One Kibana, or one space of it.

    Args:
        url: `http(s)://[user:password@]host[:port][/base/path][/s/space]`.
        wait_seconds: how long `wait` gives a Kibana that is starting.
        public_url: where browsers reach it, if not at `url`.
    """

    def __init__(
        self, url: str, *, wait_seconds: float = 300, public_url: str | None = None
    ) -> None:
        self._connection = Connection(url)
        self._wait_seconds = wait_seconds
        self.public_address = public_url or self._connection.address

    @classmethod
    def of(cls, settings: Settings) -> "KibanaClient | None":
        """The Kibana of the settings, if they name one."""
        if settings.kibana_url is None:
            return None
        return cls(
            settings.kibana_url.get_secret_value(),
            wait_seconds=settings.kibana_wait_seconds,
            public_url=settings.kibana_public_url,
        )

    @property
    def address(self) -> str:
        """Where it is, without user and password."""
        return self._connection.address

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def wait(self) -> str:
        """Wait until Kibana is available; its version.

        Raises:
            KibanaUnavailable: nothing answers in time.
            KibanaStarting: it answers, but is not available in time.
            KibanaForbidden: it does not show its version to this user.
            KibanaError: it is older than 8.15, is not Kibana, or does not have the space.
        """
        version = retry_for(self._version_when_ready, self._wait_seconds)
        if tuple(int(part) for part in re.findall(r"\d+", version)[:2]) < OLDEST_VERSION:
            raise KibanaError(
                f"Kibana at {self.address} is {version}; {'.'.join(map(str, OLDEST_VERSION))} or"
                " newer is needed: an older one does not import the objects"
            )
        self._check_space()
        return version

    def stored(self, objects: Sequence[tuple[str, str]]) -> list[dict[str, Any]] | None:
        """The saved objects of these (type, id) as Kibana stores them; None if any is missing."""
        body = {
            "objects": [{"type": kind, "id": key} for kind, key in objects],
            "excludeExportDetails": True,
        }
        answer = self._connection.ask("POST", _EXPORT, accepted={HTTPStatus.BAD_REQUEST}, json=body)
        if answer.is_success:
            return [json.loads(line) for line in answer.text.splitlines() if line.strip()]
        failed = [one["error"] for one in json_of(answer).get("attributes", {}).get("objects", [])]
        statuses = {error["statusCode"] for error in failed}
        if statuses == {HTTPStatus.NOT_FOUND}:
            return None
        if HTTPStatus.FORBIDDEN in statuses:
            reason = next(e["message"] for e in failed if e["statusCode"] == HTTPStatus.FORBIDDEN)
            raise self._connection.forbidden("POST", _EXPORT, reason)
        raise self._connection.refused("POST", _EXPORT, answer)

    def import_objects(self, ndjson: bytes) -> None:
        """Create the saved objects of an NDJSON file, or replace those with the same ids.

        Raises:
            ImportRefused: some were refused, although Kibana answers 200.
            KibanaError: it gave them other ids, or refused the request.
        """
        answer = self._connection.ask(
            "POST",
            _IMPORT,
            params={"overwrite": "true"},
            files={"file": ("belib_weather.ndjson", ndjson, "application/ndjson")},
        )
        result = json_of(answer)
        if result.get("success") is not True:
            refused = [Refusal.of_import(error) for error in result.get("errors", [])]
            raise ImportRefused(f"Kibana at {self.address}", refused)
        if renamed := [one for one in result.get("successResults", []) if one.get("destinationId")]:
            raise KibanaError(
                f"Kibana at {self.address} gave {len(renamed)} objects other ids, because another"
                " space has objects with their ids; delete those, or use another BELIB_INDEX_PREFIX"
            )

    def has_rule(self, rule_id: str) -> bool:
        """Whether an alerting rule with this id exists."""
        path = f"/api/alerting/rule/{rule_id}"
        answer = self._connection.ask("GET", path, accepted={HTTPStatus.NOT_FOUND})
        return answer.is_success

    def put_rule(self, rule_id: str, body: dict[str, Any]) -> None:
        """Create an alerting rule, or update the one with this id.

        An update keeps what operators decide: whether the rule is paused, and its actions with
        their frequency.
        """
        path, conflict = f"/api/alerting/rule/{rule_id}", {HTTPStatus.CONFLICT}
        answer = self._connection.ask("POST", path, accepted=conflict, json=body)
        if answer.status_code in conflict:
            current = json_of(self._connection.ask("GET", path))
            update = {name: value for name, value in body.items() if name not in _NEVER_UPDATED}
            # An update without actions removes them; their read-only fields are refused.
            update["actions"] = [
                {name: value for name, value in action.items() if name not in _READ_ONLY}
                for action in current.get("actions", [])
            ]
            # Kibana accepts a frequency for all actions of a rule or for each, not both.
            if any(action.get("frequency") for action in update["actions"]):
                update.pop("notify_when", None)
            # A conflict here means that another process writes the same rule now.
            self._connection.ask("PUT", path, passing=PASSING | conflict, json=update)

    def _version_when_ready(self) -> str:
        answer = self._connection.send("GET", _STATUS)
        overall = json_of(answer).get("status", {}).get("overall", {})
        if answer.is_success and overall.get("level") == READY:
            version = json_of(answer).get("version", {}).get("number")
            if version is None:
                raise KibanaForbidden(
                    f"Kibana at {self.address} does not show its version to user"
                    f" {self._connection.user or '(none)'!r}; BELIB_KIBANA_URL needs"
                    " http://user:password@host:port"
                )
            return str(version)
        if not overall and answer.status_code not in PASSING:
            if answer.is_success:
                raise KibanaError(f"{self.address} is not Kibana; check BELIB_KIBANA_URL")
            raise self._connection.refused("GET", _STATUS, answer)
        state = overall.get("summary") or overall.get("level") or f"status {answer.status_code}"
        raise TransientFailure(
            f"Kibana at {self.address} is starting ({state})",
            KibanaStarting(
                f"Kibana at {self.address} is not available after {self._wait_seconds:g} s"
                f" ({state}); see its log, or give it more time by BELIB_KIBANA_WAIT_SECONDS"
            ),
        )

    def _check_space(self) -> None:
        """Kibana imports objects even into a space that does not exist, where nobody finds them."""
        named = _SPACE.search(self.address)
        if named is None:
            return
        path = f"/api/spaces/space/{named['space']}"
        answer = self._connection.ask("GET", path, accepted={HTTPStatus.NOT_FOUND})
        if not answer.is_success:
            raise KibanaError(
                f"Kibana at {self.address}: there is no space {named['space']!r}; create it in"
                " Stack Management, or correct BELIB_KIBANA_URL"
            )
