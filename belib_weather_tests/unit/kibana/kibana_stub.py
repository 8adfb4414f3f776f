"""A real HTTP server that answers as Kibana documents it, to hold the provisioner against.

It follows, for the interfaces that the provisioner uses and no others:

- status: 503 while it starts, 200 once it is available or degraded, and no version for strangers
  (https://www.elastic.co/docs/api/doc/kibana/operation/operation-get-status);
- 400 to whatever writes without the header kbn-xsrf
  (https://www.elastic.co/docs/api/doc/kibana/#topic-authentication), 401 and 403 by user;
- import: a multipart file whose name ends in .ndjson; 200 with `success: false` and the errors,
  nothing created; only references to data views and searches are checked; `overwrite`; an object
  that another space holds comes under another id
  (https://www.elastic.co/docs/api/doc/kibana/operation/operation-post-saved-objects-import);
- export by type and id: 400 with a 404 for each object that is missing
  (https://www.elastic.co/docs/api/doc/kibana/operation/operation-post-saved-objects-export);
- rules: 409 to create one that is there, 400 to an update with a field that it does not take (of
  the rule or of an action), no actions after an update without them, 500 without encryption key
  (https://www.elastic.co/docs/api/doc/kibana/operation/operation-post-alerting-rule-id,
  https://www.elastic.co/docs/api/doc/kibana/operation/operation-put-alerting-rule-id);
- spaces (https://www.elastic.co/docs/api/doc/kibana/operation/operation-get-spaces-space-id).

What it cannot show is whether the objects look right: docs/kibana.md lists what to look at.
"""

import base64
import email
import json
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

CHECKED_REFERENCES = {"index-pattern", "search"}
KNOWN_TYPES = {"dashboard", "index-pattern", "lens", "map", "search", "tag", "visualization"}
UPDATED = {
    "actions",
    "alert_delay",
    "flapping",
    "name",
    "notify_when",
    "params",
    "schedule",
    "tags",
    "throttle",
}
CREATED = UPDATED | {"consumer", "enabled", "rule_type_id"}
ACTION = {
    "alerts_filter",
    "frequency",
    "group",
    "id",
    "params",
    "use_alert_data_for_template",
    "uuid",
}
Answer = Response | None


def boom(status: int, message: str, **more: Any) -> JSONResponse:
    """An error as Kibana spells it."""
    names = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}
    error = names.get(status, "Error")
    return JSONResponse({"statusCode": status, "error": error, "message": message, **more}, status)


@dataclass
class KibanaStub:
    """What the server holds and how it behaves; a test changes it while it runs."""

    version: str = "9.5.3"
    levels: list[str] = field(default_factory=lambda: ["available"])
    """Overall levels by request, the last one for ever; `preboot` is plain text with 503."""
    password: str | None = None
    """Of the user `operator`, where one is asked for."""
    forbidden: str | None = None
    """Begin of the path that this user may not use."""
    unreadable: set[str] = field(default_factory=set)
    """Types of saved objects that this user may not read."""
    busy: int = 0
    """So many requests to come, status apart, are answered by 429."""
    has_key: bool = True
    """xpack.encryptedSavedObjects.encryptionKey is set."""
    base: str = ""
    """A base path that the server has behind a proxy."""
    spaces: set[str] = field(default_factory=lambda: {"default"})
    objects: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)
    """By space, type and id."""
    rules: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    """By space and id."""
    refused_rules: set[str] = field(default_factory=set)
    """Names of rules whose parameters do not please."""
    requests: list[tuple[str, str]] = field(default_factory=list)
    """Method and path of every request."""

    @property
    def writes(self) -> Counter[tuple[str, str]]:
        """Requests that write, by method and path."""
        read = ("GET", "/_export")
        return Counter(one for one in self.requests if one[0] != read[0] and read[1] not in one[1])

    def app(self) -> Starlette:
        """The server."""
        methods = ["GET", "POST", "PUT"]
        return Starlette(routes=[Route("/{path:path}", self._answer, methods=methods)])

    async def _answer(self, request: Request) -> Response:
        path = request.url.path
        self.requests.append((request.method, path))
        if not path.startswith(self.base):
            return PlainTextResponse("nothing here", 404)
        path, space = path.removeprefix(self.base), "default"
        if path.startswith("/s/"):
            _, _, space, rest = path.split("/", 3)
            path = f"/{rest}"
        is_known = self._is_known(request)
        if path == "/api/status":
            return self._status(is_known=is_known)
        refusal = self._refusal(request, path, is_known=is_known)
        return refusal or self._routed(request, space, path, await request.body())

    def _routed(self, request: Request, space: str, path: str, body: bytes) -> Response:
        match request.method, path.strip("/").split("/"):
            case "POST", ["api", "saved_objects", "_import"]:
                return self._import(request, space, body)
            case "POST", ["api", "saved_objects", "_export"]:
                return self._export(space, json.loads(body))
            case method, ["api", "alerting", "rule", key]:
                return self._rule(method, space, key, json.loads(body or b"{}"))
            case "GET", ["api", "spaces", "space", name] if name in self.spaces:
                return JSONResponse({"id": name, "name": name})
        return boom(404, "Not Found")

    def _is_known(self, request: Request) -> bool:
        body_objects = request.headers.get("authorization", "").removeprefix("Basic ")
        return self.password is None or body_objects == (
            base64.b64encode(f"operator:{self.password}".encode()).decode()
        )

    def _status(self, *, is_known: bool) -> Response:
        level = self.levels.pop(0) if len(self.levels) > 1 else self.levels[0]
        if level == "preboot":
            return PlainTextResponse("Kibana server is not ready yet.", 503)
        status = 200 if level in {"available", "degraded"} else 503
        overall = {"level": level, "summary": f"All services and plugins are {level}"}
        if not is_known:
            return JSONResponse({"status": {"overall": {"level": level}}}, status)
        body = {"version": {"number": self.version}, "status": {"overall": overall}}
        return JSONResponse(body, status)

    def _refusal(self, request: Request, path: str, *, is_known: bool) -> Answer:
        if self.busy:
            self.busy -= 1
            return boom(429, "Too Many Requests")
        if not is_known:
            return boom(401, "Unable to authenticate user")
        if request.method != "GET" and "kbn-xsrf" not in request.headers:
            return boom(400, "Request must contain a kbn-xsrf header.")
        if self.forbidden is not None and path.startswith(self.forbidden):
            return boom(403, "Forbidden")
        return None

    def _import(self, request: Request, space: str, body: bytes) -> Response:
        kind = request.headers["content-type"].encode()
        parts = email.message_from_bytes(b"content-type: " + kind + b"\r\n\r\n" + body)
        named = {
            part.get_param("name", header="content-disposition"): part for part in parts.walk()
        }
        if "file" not in named:
            return boom(400, "[request body.file]: expected value of type [Stream]")
        name = named["file"].get_filename() or ""
        if not name.endswith(".ndjson"):
            return boom(400, f"Invalid file extension {name[name.rfind('.') :]}")
        payload = named["file"].get_payload(decode=True)
        assert isinstance(payload, bytes)
        body_objects = [json.loads(line) for line in payload.splitlines() if line.strip()]
        is_overwriting = request.query_params.get("overwrite") == "true"
        errors = [
            e
            for one in body_objects
            if (e := self._error(one, body_objects, space, is_overwriting))
        ]
        if errors:
            answer = {"success": False, "successCount": 0, "errors": errors, "successResults": []}
            return JSONResponse(answer)
        results = [self._created(one, space) for one in body_objects]
        return JSONResponse(
            {"success": True, "successCount": len(body_objects), "successResults": results}
        )

    def _error(
        self,
        one: dict[str, Any],
        body_objects: list[dict[str, Any]],
        space: str,
        is_overwriting: bool,
    ) -> dict[str, Any] | None:
        there = {(other["type"], other["id"]) for other in body_objects}
        there |= {(kind, key) for where, kind, key in self.objects if where == space}
        missing = [
            {"type": reference["type"], "id": reference["id"]}
            for reference in one.get("references", [])
            if reference["type"] in CHECKED_REFERENCES
            and (reference["type"], reference["id"]) not in there
        ]
        error: dict[str, Any] | None = None
        if one["type"] not in KNOWN_TYPES:
            error = {"type": "unsupported_type"}
        elif missing:
            error = {"type": "missing_references", "references": missing}
        elif not is_overwriting and (space, one["type"], one["id"]) in self.objects:
            error = {"type": "conflict"}
        attributes = one["attributes"]
        title = attributes.get("title") or attributes.get("name")
        shown = {"id": one["id"], "type": one["type"], "meta": {"title": title}}
        return {**shown, "error": error} if error else None

    def _created(self, one: dict[str, Any], space: str) -> dict[str, Any]:
        kind, key = one["type"], one["id"]
        result = {"type": kind, "id": key}
        if any(at != space and (kind, key) == (k, i) for at, k, i in self.objects):
            key = result["destinationId"] = str(uuid.uuid4())
        self.objects[space, kind, key] = {**one, "id": key}
        return result

    def _export(self, space: str, body: dict[str, Any]) -> Response:
        wanted_ids = [(one["type"], one["id"]) for one in body["objects"]]
        failed = [
            {"type": kind, "id": key, "error": error}
            for kind, key in wanted_ids
            if (error := self._unexported(space, kind, key))
        ]
        if failed:
            message = "Error fetching objects to export"
            return boom(400, message, attributes={"objects": failed})
        found: list[dict[str, Any]] = [self.objects[space, kind, key] for kind, key in wanted_ids]
        if not body.get("excludeExportDetails"):
            found.append({"exportedCount": len(found), "missingRefCount": 0})
        text = "\n".join(json.dumps(one) for one in found)
        return Response(text, media_type="application/ndjson")

    def _unexported(self, space: str, kind: str, key: str) -> dict[str, Any] | None:
        if kind in self.unreadable:
            message = f"Unable to bulk_get {kind}:{key}"
            return {"statusCode": 403, "error": "Forbidden", "message": message}
        if (space, kind, key) not in self.objects:
            message = f"Saved object [{kind}/{key}] not found"
            return {"statusCode": 404, "error": "Not Found", "message": message}
        return None

    def _rule(self, method: str, space: str, key: str, body: dict[str, Any]) -> Response:
        rule = self.rules.get((space, key))
        if method == "GET" or (method == "PUT" and rule is None):
            message = f"Saved object [alert/{key}] not found"
            return JSONResponse(_read(key, rule)) if rule else boom(404, message)
        if not self.has_key:
            reason = "Please set xpack.encryptedSavedObjects.encryptionKey in the kibana.yml"
            return boom(500, f"Unable to create alerts client. {reason}")
        extra = set(body) - (CREATED if method == "POST" else UPDATED)
        extra |= {name for action in body.get("actions", []) for name in set(action) - ACTION}
        if extra:
            return boom(400, f"[request body.{min(extra)}]: definition for this key is missing")
        if invalid := self._invalid(body):
            return boom(400, invalid)
        if method == "POST" and rule is not None:
            return boom(409, f"Saved object [alert/{key}] conflict")
        self.rules[space, key] = {**(rule or {}), "actions": [], **body}
        return JSONResponse(_read(key, self.rules[space, key]))

    def _invalid(self, body: dict[str, Any]) -> str | None:
        each = {bool(action.get("frequency")) for action in body.get("actions", [])}
        if each == {body.get("notify_when") is not None} or len(each) > 1:
            return "notify_when is of the rule or of each of its actions"
        if body["name"] in self.refused_rules:
            return "params invalid: [index]: expected at least one index"
        return None


def _read(key: str, rule: dict[str, Any]) -> dict[str, Any]:
    actions = [{**action, "connector_type_id": ".email"} for action in rule["actions"]]
    return {"id": key, **rule, "actions": actions}
