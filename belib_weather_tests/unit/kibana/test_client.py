"""Waiting while Kibana starts, and one clear error for everything that can go wrong."""

import logging

import httpx
import pytest

from belib_weather.kibana import connection
from belib_weather.kibana.client import KibanaClient
from belib_weather.kibana.errors import (
    ImportRefused,
    KibanaError,
    KibanaForbidden,
    KibanaStarting,
    KibanaUnavailable,
)
from belib_weather_tests.unit.kibana.kibana_stub import KibanaStub
from belib_weather_tests.unit.kibana.sample import DATA_VIEW, RULES, SHOWN, TAG, bundle

NOBODY = "127.0.0.1:9"
SECRET = "ge:hei@m"
QUOTED = "ge%3Ahei%40m"
IMPORT = "/api/saved_objects/_import"


def with_user(url: str, password: str = QUOTED) -> str:
    return url.replace("://", f"://operator:{password}@")


@pytest.mark.long
def test_a_kibana_that_starts_is_waited_for(stub: KibanaStub, kibana: KibanaClient) -> None:
    stub.levels = ["preboot", "unavailable", "degraded", "available"]

    assert kibana.wait() == "9.5.3"

    assert len(stub.requests) == 4


@pytest.mark.long
@pytest.mark.parametrize("level", ["preboot", "unavailable", "critical", "degraded"])
def test_only_available_is_ready(stub: KibanaStub, url: str, level: str) -> None:
    stub.levels = [level]

    with KibanaClient(url, wait_seconds=0.3) as kibana, pytest.raises(KibanaStarting) as caught:
        kibana.wait()

    assert "not available after 0.3 s" in str(caught.value)
    assert (level if level != "preboot" else "status 503") in str(caught.value)
    assert "BELIB_KIBANA_WAIT_SECONDS" in str(caught.value)


def test_a_server_that_is_away_is_waited_for_and_then_reported() -> None:
    with KibanaClient(f"http://{NOBODY}", wait_seconds=0.3) as kibana:
        with pytest.raises(KibanaUnavailable, match="BELIB_KIBANA_URL") as caught:
            kibana.wait()
        with pytest.raises(KibanaUnavailable, match=NOBODY):
            raise caught.value


def test_a_server_that_is_not_kibana_is_reported_at_once(url: str) -> None:
    with KibanaClient(f"{url}/elsewhere") as kibana, pytest.raises(KibanaError, match="404"):
        kibana.wait()


@pytest.mark.parametrize(
    ("version", "is_enough"),
    [("8.14.3", False), ("7.17.0", False), ("8.15.0", True), ("9.0.0-SNAPSHOT", True)],
)
def test_an_old_kibana_is_refused(
    stub: KibanaStub, kibana: KibanaClient, version: str, *, is_enough: bool
) -> None:
    stub.version = version

    if is_enough:
        assert kibana.wait() == version
    else:
        with pytest.raises(KibanaError, match=rf"is {version}; 8\.15 or newer is needed"):
            kibana.wait()


def test_user_and_password_of_the_url_are_used(stub: KibanaStub, url: str) -> None:
    stub.password = SECRET

    with KibanaClient(with_user(url)) as kibana:
        kibana.wait()
        kibana.import_objects(bundle().ndjson)

    assert len(stub.objects) == 3


@pytest.mark.parametrize("given", ["operator:wrong", "operator:", ""])
def test_a_wrong_user_is_reported_with_what_the_url_needs(
    stub: KibanaStub, url: str, given: str
) -> None:
    stub.password = SECRET
    there = url.replace("://", f"://{given}@") if given else url

    with KibanaClient(there) as kibana:
        with pytest.raises(KibanaForbidden, match="does not show its version"):
            kibana.wait()
        with pytest.raises(KibanaForbidden, match="401, Unable to authenticate"):
            kibana.import_objects(bundle().ndjson)


def test_a_missing_privilege_names_the_user_and_what_it_needs(stub: KibanaStub, url: str) -> None:
    stub.password, stub.forbidden = SECRET, "/api/alerting"

    with (
        KibanaClient(with_user(url)) as kibana,
        pytest.raises(KibanaForbidden, match=r"'operator'.*Stack Rules"),
    ):
        kibana.put_rule(RULES[0].rule_id, RULES[0].body)


def test_a_busy_kibana_is_asked_again(stub: KibanaStub, kibana: KibanaClient) -> None:
    stub.busy = 1

    kibana.import_objects(bundle().ndjson)

    assert stub.requests == [("POST", IMPORT)] * 2


@pytest.mark.long
def test_a_kibana_that_stays_busy_is_reported(
    stub: KibanaStub, kibana: KibanaClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "PATIENCE_SECONDS", 0.3)
    stub.busy = 1000

    with pytest.raises(KibanaUnavailable, match="429, Too Many Requests"):
        kibana.import_objects(bundle().ndjson)


def test_a_failed_import_with_status_200_gives_every_reason(
    stub: KibanaStub, kibana: KibanaClient
) -> None:
    alien = {**TAG, "type": "canvas-of-tomorrow", "id": "alien"}

    with pytest.raises(ImportRefused) as caught:
        kibana.import_objects(bundle(SHOWN, TAG, alien).ndjson)

    messages = str(caught.value)
    assert (
        "dashboard 'Belib – conducteurs': refers to missing objects (index-pattern view)"
        in messages
    )
    assert "canvas-of-tomorrow 'belib': this Kibana does not know the type" in messages
    assert len(caught.value.refusals) == 2
    assert stub.objects == {}


def test_importing_again_replaces(stub: KibanaStub, kibana: KibanaClient) -> None:
    kibana.import_objects(bundle().ndjson)
    renamed = {**DATA_VIEW, "attributes": {"title": "another"}}

    kibana.import_objects(bundle(renamed).ndjson)

    assert stub.objects["default", "index-pattern", "view"]["attributes"]["title"] == "another"
    assert len(stub.objects) == 3


def test_stored_objects_are_returned_only_when_all_exist(
    stub: KibanaStub, kibana: KibanaClient
) -> None:
    ids = [("index-pattern", "view"), ("tag", "label")]
    assert kibana.stored(ids) is None

    kibana.import_objects(bundle(DATA_VIEW).ndjson)
    assert kibana.stored(ids) is None

    kibana.import_objects(bundle(TAG).ndjson)
    found = kibana.stored(ids)
    assert found is not None
    assert [one["id"] for one in found] == ["view", "label"]


def test_objects_that_the_user_may_not_read_are_not_treated_as_missing(
    stub: KibanaStub, kibana: KibanaClient
) -> None:
    kibana.import_objects(bundle().ndjson)
    stub.unreadable = {"tag"}

    with pytest.raises(KibanaForbidden, match="Unable to bulk_get tag:label"):
        kibana.stored([("index-pattern", "gone"), ("tag", "label")])


def test_a_rule_is_created_and_then_updated_as_its_operators_have_it(
    stub: KibanaStub, kibana: KibanaClient
) -> None:
    first = RULES[0]
    assert not kibana.has_rule(first.rule_id)
    kibana.put_rule(first.rule_id, first.body)
    assert kibana.has_rule(first.rule_id)
    mail = {"id": "mail", "group": "query matched", "params": {"to": ["desk"]}, "uuid": "1"}
    stub.rules["default", first.rule_id] |= {"enabled": False, "actions": [mail]}

    kibana.put_rule(first.rule_id, {**first.body, "params": {"minutes": 30}})

    found = stub.rules["default", first.rule_id]
    assert found["params"] == {"minutes": 30}
    assert (found["enabled"], found["actions"]) == (False, [mail])
    assert found["rule_type_id"] == ".es-query"


def test_a_rule_notifies_of_changes_unless_an_operator_set_a_frequency(
    stub: KibanaStub, kibana: KibanaClient
) -> None:
    first = RULES[0]
    kibana.put_rule(first.rule_id, first.body)
    assert stub.rules["default", first.rule_id]["notify_when"] == "onActionGroupChange"
    each = {"summary": False, "notify_when": "onThrottleInterval", "throttle": "1h"}
    mail = {"id": "mail", "group": "query matched", "params": {}, "frequency": each}
    stub.rules["default", first.rule_id]["actions"] = [mail]

    kibana.put_rule(first.rule_id, first.body)

    assert stub.rules["default", first.rule_id]["actions"] == [mail]


def test_a_space_and_a_base_path_are_kept(stub: KibanaStub, url: str) -> None:
    stub.base, stub.spaces = "/kibana", {"default", "paris"}

    with KibanaClient(f"{url}/kibana/s/paris/") as kibana:
        kibana.wait()
        kibana.import_objects(bundle().ndjson)

    assert {space for space, _, _ in stub.objects} == {"paris"}
    with KibanaClient(f"{url}/kibana/s/lyon") as lost, pytest.raises(KibanaError, match="no space"):
        lost.wait()


def test_ids_that_another_space_has_are_reported(stub: KibanaStub, url: str) -> None:
    stub.spaces.add("paris")
    with KibanaClient(url) as kibana:
        kibana.import_objects(bundle().ndjson)

    with (
        KibanaClient(f"{url}/s/paris") as second,
        pytest.raises(KibanaError, match="another space"),
    ):
        second.import_objects(bundle().ndjson)


@pytest.mark.long
def test_a_password_is_in_no_error_and_no_log(
    stub: KibanaStub, url: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(connection, "PATIENCE_SECONDS", 0.3)
    stub.password = "another"
    messages = []
    for there in (with_user(url), with_user(f"http://{NOBODY}"), with_user(f"{url}/s/lyon")):
        with KibanaClient(there, wait_seconds=0.3) as kibana:
            messages.append(kibana.address)
            for ask in (kibana.wait, lambda k=kibana: k.stored([("tag", "label")])):
                with pytest.raises(KibanaError) as caught:
                    ask()
                messages += [str(e) for e in _chain(caught.value)]

    assert any("operator" in one for one in messages)
    logged = [record.getMessage() + str(record.__dict__) for record in caplog.records]
    assert any(url in line for line in logged)
    for line in (*messages, *logged):
        assert SECRET not in line
        assert QUOTED not in line


def _chain(error: BaseException | None) -> list[BaseException]:
    found = []
    while error is not None:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def test_the_stub_refuses_what_kibana_refuses(stub: KibanaStub, url: str) -> None:
    """The stub is worth something only if it says no where Kibana does."""
    xsrf = {"kbn-xsrf": "x"}
    path = f"/api/alerting/rule/{RULES[0].rule_id}"
    body = RULES[0].body
    with httpx.Client(base_url=url) as bare:
        named = {"file": ("a.json", bundle().ndjson)}
        assert bare.post(IMPORT, files=named).json()["message"].startswith("Request must contain")
        refused = bare.post(IMPORT, files=named, headers=xsrf)
        assert (refused.status_code, refused.json()["message"]) == (
            400,
            "Invalid file extension .json",
        )
        assert bare.get(path).status_code == 404
        assert bare.post(path, json=body, headers=xsrf).status_code == 200
        assert bare.post(path, json=body, headers=xsrf).status_code == 409
        assert bare.put(path, json=body, headers=xsrf).status_code == 400
        named = {"file": ("a.ndjson", bundle().ndjson)}
        assert bare.post(IMPORT, files=named, headers=xsrf).json()["successCount"] == 3
        again = bare.post(IMPORT, files=named, headers=xsrf).json()
        assert (again["success"], again["errors"][0]["error"]["type"]) == (False, "conflict")
