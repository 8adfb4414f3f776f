"""A bundle is imported once, again when it or Kibana changed, and never by halves unnoticed."""

import json
from pathlib import Path

import pytest

from belib_weather.kibana.client import KibanaClient
from belib_weather.kibana.errors import ImportRefused, KibanaForbidden, RulesRefused
from belib_weather.kibana.provision import (
    Outcome,
    Provisioned,
    dashboard_links,
    provision,
    write_bundle,
)
from belib_weather_tests.unit.kibana.kibana_stub import KibanaStub
from belib_weather_tests.unit.kibana.sample import (
    DASHBOARD,
    DATA_VIEW,
    RULES,
    SHOWN,
    bundle,
    rule,
)

PREFIX = "belib"


def test_an_empty_kibana_gets_everything(stub: KibanaStub, kibana: KibanaClient) -> None:
    done = provision(kibana, bundle(), PREFIX)

    assert done == Provisioned(Outcome.IMPORTED, "9.5.3", objects=3, rules=2)
    assert {key for _, _, key in stub.objects} >= {"view", "label", DASHBOARD[0]}
    assert {stored["name"] for stored in stub.rules.values()} == {
        "the feed is silent",
        "many unknown",
    }


def test_a_second_time_writes_nothing(stub: KibanaStub, kibana: KibanaClient) -> None:
    provision(kibana, bundle(), PREFIX)
    stub.objects["default", "dashboard", DASHBOARD[0]]["attributes"]["title"] = "as we like it"
    stub.requests.clear()

    done = provision(kibana, bundle(), PREFIX)

    assert done.outcome is Outcome.UNCHANGED
    assert stub.writes == {}
    assert stub.objects["default", "dashboard", DASHBOARD[0]]["attributes"]["title"] != DASHBOARD[1]


def test_new_content_is_imported(stub: KibanaStub, kibana: KibanaClient) -> None:
    provision(kibana, bundle(), PREFIX)
    changed = {**DATA_VIEW, "attributes": {"title": "belib-stations"}}

    assert provision(kibana, bundle(changed, SHOWN), PREFIX).outcome is Outcome.IMPORTED

    stored = stub.objects["default", "index-pattern", "view"]
    assert stored["attributes"]["title"] == "belib-stations"


def test_a_changed_rule_is_brought_up_to_date_and_stays_paused(
    stub: KibanaStub, kibana: KibanaClient
) -> None:
    provision(kibana, bundle(), PREFIX)
    stub.rules["default", RULES[0].rule_id]["enabled"] = False
    changed = (rule(RULES[0].name, minutes=45), RULES[1])

    assert provision(kibana, bundle(rules=changed), PREFIX).outcome is Outcome.IMPORTED

    stored = stub.rules["default", RULES[0].rule_id]
    assert (stored["params"], stored["enabled"]) == ({"minutes": 45}, False)


def test_a_wiped_kibana_is_provisioned_again(stub: KibanaStub, kibana: KibanaClient) -> None:
    provision(kibana, bundle(), PREFIX)
    stored = dict(stub.objects)
    stub.objects.clear()
    stub.rules.clear()

    assert provision(kibana, bundle(), PREFIX).outcome is Outcome.IMPORTED
    assert stub.objects == stored


@pytest.mark.parametrize("kind", ["dashboard", "index-pattern", "tag"])
def test_one_missing_object_is_noticed(stub: KibanaStub, kibana: KibanaClient, kind: str) -> None:
    provision(kibana, bundle(), PREFIX)
    gone = next(key for key in stub.objects if key[1] == kind)
    del stub.objects[gone]

    assert provision(kibana, bundle(), PREFIX).outcome is Outcome.IMPORTED
    assert gone in stub.objects


def test_one_missing_rule_is_noticed(stub: KibanaStub, kibana: KibanaClient) -> None:
    provision(kibana, bundle(), PREFIX)
    gone = stub.rules.pop(("default", RULES[1].rule_id))

    assert provision(kibana, bundle(), PREFIX).outcome is Outcome.IMPORTED
    assert stub.rules["default", RULES[1].rule_id] == gone


def test_two_prefixes_are_provisioned_independently(stub: KibanaStub, kibana: KibanaClient) -> None:
    other = bundle({**DATA_VIEW, "id": "other"}, rules=())
    provision(kibana, bundle(), PREFIX)
    provision(kibana, other, "belib_demo")
    stub.requests.clear()

    for content, prefix in ((bundle(), PREFIX), (other, "belib_demo")):
        assert provision(kibana, content, prefix).outcome is Outcome.UNCHANGED
    assert stub.writes == {}


def test_refused_objects_leave_neither_rules_nor_a_marker(
    stub: KibanaStub, kibana: KibanaClient
) -> None:
    with pytest.raises(ImportRefused, match=DASHBOARD[1]):
        provision(kibana, bundle(SHOWN), PREFIX)

    assert stub.objects == {}
    assert stub.rules == {}


def test_a_refused_rule_does_not_block_the_others_and_is_retried(
    stub: KibanaStub, kibana: KibanaClient
) -> None:
    content = bundle(rules=(*RULES, rule("a third")))
    names = [one.name for one in content.rules]
    stub.refused_rules = {names[0], names[2]}

    with pytest.raises(RulesRefused) as caught:
        provision(kibana, content, PREFIX)

    assert [refusal.title for refusal in caught.value.refusals] == [names[0], names[2]]
    assert str(caught.value).count("expected at least one index") == 2
    assert [stored["name"] for stored in stub.rules.values()] == [names[1]]
    stub.refused_rules.clear()
    assert provision(kibana, content, PREFIX).outcome is Outcome.IMPORTED
    assert provision(kibana, content, PREFIX).outcome is Outcome.UNCHANGED


def test_a_kibana_without_an_encryption_key_says_which_setting(
    stub: KibanaStub, kibana: KibanaClient
) -> None:
    stub.has_key = False

    with pytest.raises(RulesRefused, match=r"xpack\.encryptedSavedObjects\.encryptionKey"):
        provision(kibana, bundle(), PREFIX)

    assert ("default", "dashboard", DASHBOARD[0]) in stub.objects


def test_a_user_who_may_not_export_is_refused_before_anything_is_written(
    stub: KibanaStub, kibana: KibanaClient
) -> None:
    stub.forbidden = "/api/saved_objects"

    with pytest.raises(KibanaForbidden, match="_export"):
        provision(kibana, bundle(), PREFIX)

    assert stub.writes == {}


def test_a_written_bundle_can_be_imported_by_kibana(kibana: KibanaClient, tmp_path: Path) -> None:
    objects, rules = write_bundle(bundle(), tmp_path / "new" / "folder")

    kibana.import_objects(objects.read_bytes())
    for key, body in json.loads(rules.read_text()).items():
        kibana.put_rule(key, body)

    assert provision(kibana, bundle(), PREFIX).outcome is Outcome.IMPORTED


def test_links_lead_to_the_dashboards() -> None:
    links = dashboard_links(bundle(), "https://kibana.example.org/s/paris")

    assert links == {
        DASHBOARD[1]: f"https://kibana.example.org/s/paris/app/dashboards#/view/{DASHBOARD[0]}"
    }
