"""Live files: own declarations, the publishers' schemas, and the words of each format."""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from belib_weather.live_files.catalog import (
    CURRENT,
    DATEX2_STATUS,
    DATEX2_TABLE,
    FORECAST,
    GEOJSON,
    IRVE_DYNAMIQUE,
    IRVE_STATIQUE,
    LIVE_FILES,
    OCPI_LOCATIONS,
    QUESTIONS,
    LiveFile,
)
from belib_weather.live_files.csv_file import anchored, csv_file
from belib_weather.live_files.current_v1 import current_json
from belib_weather.live_files.datex2_afir_status_1_0_0 import datex2_status
from belib_weather.live_files.declared import faults
from belib_weather.live_files.encoding import json_bytes
from belib_weather.live_files.forecast_v1 import forecast_json
from belib_weather.live_files.irve_dynamique_2_3_1 import IrveDynamique, irve_dynamique
from belib_weather.live_files.irve_statique_2_3_1 import IrveStatique, irve_statique
from belib_weather.live_files.ocpi_2_2_1 import ocpi_locations
from belib_weather.live_files.openapi_3_1 import SHAPES, openapi
from belib_weather.live_files.present import Present
from belib_weather.live_files.stations_geojson_v1 import stations_geojson
from belib_weather.live_files.writing import static_file
from belib_weather.questions.openapi import document as questions
from belib_weather_tests.live_present import files_of, present_of, simulated

AT = datetime(2026, 11, 24, 16, 20, tzinfo=UTC)
RECORDED_AT = datetime(2023, 1, 28, 16, 30, tzinfo=UTC)
Body = Callable[[str], bytes]


def dynamique(present: Present) -> bytes:
    return csv_file(irve_dynamique(present), IrveDynamique).body


def statique(static: bytes) -> bytes:
    return csv_file(irve_statique(static), IrveStatique).body


@pytest.fixture(scope="module")
def static() -> bytes:
    return simulated(AT)[1]


@pytest.fixture(scope="module")
def present() -> Present:
    return present_of(*simulated(AT), AT, "simulator:opendata_paris/realtime")


def forecast() -> pl.DataFrame:
    """Two stations; of the second one instant is missing."""
    row = {"origin": AT, "model": "pooled", "model_version": "v", "source": "simulator:x/y"}
    rows = [
        row
        | {
            "station_id": station,
            "target": AT + minutes * timedelta(minutes=1),
            "chance_free": 0.12345,
            "expected_free_points": 1.5,
            "free_points_low": 0,
            "free_points_high": 3,
        }
        for station, minutes in (("FR*V75*PPX08*11", 15), ("FR*V75*PPX08*11", 30), ("A*B*P1", 30))
    ]
    return pl.DataFrame(rows, schema_overrides={"target": pl.Datetime("us", "UTC")})


def test_a_forecast_has_a_number_per_instant_and_null_where_there_is_none() -> None:
    document = json.loads(forecast_json(forecast()))

    assert document["targets"] == ["2026-11-24T16:35:00Z", "2026-11-24T16:50:00Z"]
    assert [(s["id"], s["chance"]) for s in document["stations"]] == [
        ("ABP1", [None, 0.123]),
        ("FRV75PPX0811", [0.123, 0.123]),
    ]


@pytest.fixture(scope="module")
def files(present: Present, static: bytes) -> Mapping[LiveFile, bytes]:
    """Every file of the simulated city."""
    bodies = files_of(present).plus(static_file(static)).bodies
    bodies = {
        **bodies,
        FORECAST.name: forecast_json(forecast()),
        QUESTIONS.name: json_bytes(questions()),
    }
    return {file: bodies[file.name] for file in LIVE_FILES}


def point(label: str, stamp: str = "2026-11-24T16:00:00+00:00", number: int = 1) -> dict[str, Any]:
    return {
        "id_pdc": f"FR*V75*EPX08*11*{number}",
        "statut_pdc": label,
        "last_updated": stamp,
        "coordonneesxy": {"lon": 2.31, "lat": 48.87},
        "adresse_station": "37 Rue la Boétie 75008 Paris",
        "code_insee_commune": "75108",
        "arrondissement": "08e Arrondissement",
    }


def national_schema(shared_data: Path, name: str) -> dict[str, Any]:
    path = shared_data / f"schemas/irve_2.3.1/{name}/schema-{name}.json"
    if not path.exists():
        pytest.skip(f"the national schema is not here: {path.name}")
    schema: dict[str, Any] = json.loads(path.read_text())
    return schema


def national_faults(body: bytes, schema: dict[str, Any]) -> list[Any]:
    import frictionless

    table = frictionless.Resource(
        data=body, format="csv", schema=frictionless.Schema.from_descriptor(schema)
    )
    found: list[Any] = table.validate().flatten(["rowNumber", "fieldName", "type"])
    return found


@pytest.mark.parametrize("file", LIVE_FILES, ids=lambda file: file.name)
def test_a_written_file_keeps_its_own_declaration(
    file: LiveFile, files: Mapping[LiveFile, bytes]
) -> None:
    assert faults(file, files[file]) == []


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (CURRENT, b'"state":"available"', b'"state":"libre"'),
        (CURRENT, b'"free":', b'"frei":'),
        (GEOJSON, b'"coordinates":[2.', b'"coordinates":[200.'),
        (GEOJSON, b'"since_kind":"seen"', b'"since_kind":"sure"'),
        (GEOJSON, b'"licence":"ODbL-1.0",', b""),
        (DATEX2_STATUS, b'"value":"occupied"', b'"value":"charging"'),
        (DATEX2_STATUS, b'"versionG":"1"', b'"version":"1"'),
        (DATEX2_TABLE, b'"value":"iec62196T2"', b'"value":"type2"'),
        (DATEX2_TABLE, b'"numberOfRefillPoints":', b'"points":'),
        (OCPI_LOCATIONS, b'"status":"CHARGING"', b'"status":"OCCUPIED"'),
        (OCPI_LOCATIONS, b'"latitude":"48.', b'"latitude":"N48.'),
        (FORECAST, b"0.123", b"1.123"),
        (FORECAST, b'"targets":["', b'"targets":["x'),
        (IRVE_DYNAMIQUE, b",libre,", b",free,"),
        (IRVE_DYNAMIQUE, b",inconnu\n", b",ok\n"),
        (IRVE_DYNAMIQUE, b"FRV75EPX", b"FR*V75*EPX"),
        (IRVE_STATIQUE, b",Voirie,", b",Rue,"),
        (IRVE_STATIQUE, b",true,", b",yes,"),
        (IRVE_STATIQUE, b"24/7", b"always"),
    ],
)
def test_an_injected_fault_is_found(
    file: LiveFile, old: bytes, new: bytes, files: Mapping[LiveFile, bytes]
) -> None:
    good = files[file]
    if old not in good:  # `since_kind` of a first snapshot is at_least
        old = old.replace(b"seen", b"at_least")
    assert old in good
    assert faults(file, good.replace(old, new, 1))


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("Disponible", ("en_service", "libre")),
        ("Occupé (en charge)", ("en_service", "occupe")),
        ("Réservé", ("en_service", "reserve")),
        ("En maintenance", ("hors_service", "inconnu")),
        ("Supprimé", ("hors_service", "inconnu")),
        ("Mise en service planifiée", ("inconnu", "inconnu")),
        ("Inconnu", ("inconnu", "inconnu")),
        ("a label of tomorrow", ("inconnu", "inconnu")),
    ],
)
def test_a_status_has_its_value_of_the_national_schema(label: str, words: tuple[str, str]) -> None:
    body = json.dumps([point(label), point(label, "2026-11-22T16:00:00Z", 2)]).encode()
    rows = irve_dynamique(present_of(body, None, AT)).select("etat_pdc", "occupation_pdc").rows()

    assert rows == [words, ("inconnu", "inconnu")], "the second record is two days old"


def test_the_state_of_a_plug_is_unknown_and_of_a_missing_plug_empty(
    static: bytes,
) -> None:
    plugs = {"prise_type_ef": "True", "prise_type_combo_ccs": "False"}
    known = json.loads(static)[0] | plugs | {"id_pdc_local": "FR*V75*EPX08*11*1"}
    body = json.dumps([point("Disponible")]).encode()
    (row,) = irve_dynamique(present_of(body, json.dumps([known]).encode(), AT)).rows(named=True)

    assert (row["etat_prise_type_ef"], row["etat_prise_type_combo_ccs"]) == ("inconnu", None)


def test_counts_of_stations_add_up_and_carry_their_source(present: Present) -> None:
    document = json.loads(stations_geojson(present))
    counts = ("free", "occupied", "reserved", "out_of_order", "planned", "removed", "unknown")
    stations = [feature["properties"] for feature in document["features"]]

    assert sum(s["points"] for s in stations) == present.points.height > 200
    assert all(sum(s[name] for name in (*counts, "stale")) == s["points"] for s in stations)
    assert {s["plugs"] == [] for s in stations} == {True, False}
    assert (document["is_simulated"], document["licence"]) == (True, "ODbL-1.0")
    assert "Ville de Paris" in document["credits"][0]
    assert [s["id"] for s in json.loads(current_json(present))["stations"]] == [
        feature["id"] for feature in document["features"]
    ]


def test_a_station_whose_place_is_unknown_has_no_geometry() -> None:
    nowhere = point("Disponible") | dict.fromkeys(["coordonneesxy", "adresse_station"])
    body = stations_geojson(present_of(json.dumps([nowhere]).encode(), None, AT))

    assert json.loads(body)["features"][0]["geometry"] is None
    assert faults(GEOJSON, body) == []


def test_a_static_row_without_a_required_value_is_left_out_and_counted(static: bytes) -> None:
    rows = json.loads(static)
    rows[0]["condition_acces"], rows[1]["raccordement"] = None, "direct"
    written = csv_file(irve_statique(json.dumps(rows).encode()), IrveStatique)
    in_service = [row for row in rows if row["statut_pdc"] == "En service"]

    assert written.left_out == {"condition_acces|nullability": 1}
    assert written.rows == len(in_service) - 1
    table = pl.read_csv(io.BytesIO(written.body), infer_schema=False)
    assert set(table["raccordement"]) == {"Direct"}


def test_the_description_is_openapi_and_names_every_file() -> None:
    from openapi_spec_validator import OpenAPIV31SpecValidator

    document = json.loads(openapi(["credit"]))
    OpenAPIV31SpecValidator(document).validate()

    assert set(document["paths"]) == {file.path for file in LIVE_FILES}
    assert document["paths"]["/data/questions.openapi.json"]["get"]["externalDocs"]
    station = document["components"]["schemas"]["StationNow"]
    assert "available" in json.dumps(document["components"]["schemas"])
    assert set(station["required"]) == set(station["properties"])


@pytest.mark.long
@pytest.mark.parametrize("static_name", ["static/2024.json", "static/2022.csv"])
def test_the_national_schemas_accept_recorded_exports(
    static_name: str, any_body: Body, shared_data: Path
) -> None:
    body = any_body(static_name)
    now = dynamique(
        present_of(any_body("realtime/2022_five_minutes_later.json"), body, RECORDED_AT)
    )
    written = csv_file(irve_statique(body), IrveStatique)

    assert national_faults(now, national_schema(shared_data, "dynamique")) == []
    assert national_faults(written.body, national_schema(shared_data, "statique")) == []
    assert written.rows > 0.99 * (written.rows + max(written.left_out.values(), default=0))


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "planted"), [("dynamique", (b",libre,", b",free,")), ("statique", (b"24/7", b"?"))]
)
def test_the_national_schemas_accept_simulated_data_and_find_an_injected_fault(
    name: str, planted: tuple[bytes, bytes], present: Present, static: bytes, shared_data: Path
) -> None:
    schema = national_schema(shared_data, name)
    body = dynamique(present) if name == "dynamique" else statique(static)

    assert national_faults(body, schema) == []
    assert len(national_faults(body.replace(*planted, 1), schema)) == 1


@pytest.mark.parametrize(
    ("name", "ours"), [("dynamique", IrveDynamique), ("statique", IrveStatique)]
)
def test_our_declaration_requires_what_the_national_schema_requires(
    name: str, ours: type[dy.Schema], shared_data: Path
) -> None:
    fields = national_schema(shared_data, name)["fields"]
    columns = ours.columns()
    assert list(columns) == [field["name"] for field in fields]
    for field in fields:
        rules, column = field.get("constraints", {}), columns[field["name"]]
        assert column.nullable is not rules.get("required", False), field["name"]
        if "enum" in rules:
            assert isinstance(column, dy.Enum)
            assert list(column.categories) == rules["enum"]
        if "pattern" in rules:
            assert isinstance(column, dy.String)
            assert column.regex == anchored(rules["pattern"])
        if "minimum" in rules:
            assert isinstance(column, dy.Int64 | dy.Float64)
            assert column.min == rules["minimum"]
        if field["type"] in ("boolean", "date"):
            assert isinstance(column, dy.Bool if field["type"] == "boolean" else dy.Date)


OFFICIAL = {DATEX2_STATUS: "Status", DATEX2_TABLE: "Table"}


def official(shared_data: Path, file: LiveFile) -> Draft202012Validator:
    """The schema of a message of the profile; DATEX II refers from file to file."""
    folder = shared_data / f"schemas/datex2_afir/EnergyInfrastructure{OFFICIAL[file]}Publication"
    if not folder.is_dir():
        pytest.skip(f"the official schemas are not here: {folder.name}")
    schemas = {path.name: json.loads(path.read_text()) for path in folder.glob("DATEXII_3_*.json")}
    registry = Registry().with_resources(
        (name, Resource.from_contents(schema, default_specification=DRAFT202012))
        for name, schema in schemas.items()
    )
    root = "MessageContainer" if file is DATEX2_STATUS else "D2Payload"
    return Draft202012Validator({"$ref": f"DATEXII_3_{root}.json"}, registry=registry)


@pytest.mark.long
@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (DATEX2_STATUS, b'"value":"occupied"', b'"value":"occupe"'),
        (DATEX2_TABLE, b'"totalMaximumPower":', b'"power":'),
    ],
)
def test_the_official_schemas_accept_datex2_files_and_find_an_injected_fault(
    file: LiveFile, old: bytes, new: bytes, files: Mapping[LiveFile, bytes], shared_data: Path
) -> None:
    schema = official(shared_data, file)

    good, bad = (
        first_sites(json.loads(body)) for body in (files[file], files[file].replace(old, new, 1))
    )

    assert [error.message for error in schema.iter_errors(good)] == []
    assert list(schema.iter_errors(bad))


def first_sites(part: Any) -> Any:
    """A document with the first forty of each list: the official validator is slow."""
    if isinstance(part, dict):
        return {name: first_sites(value) for name, value in part.items()}
    return [first_sites(value) for value in part[:40]] if isinstance(part, list) else part


@pytest.mark.long
def test_the_official_schemas_accept_recorded_exports(any_body: Body, shared_data: Path) -> None:
    now = any_body("realtime/2022_five_minutes_later.json")
    bodies = files_of(present_of(now, any_body("static/2022.csv"), RECORDED_AT)).bodies
    for file in OFFICIAL:
        document = first_sites(json.loads(bodies[file.name]))
        errors = official(shared_data, file).iter_errors(document)
        assert [error.message for error in errors] == []
    for file in (CURRENT, GEOJSON, OCPI_LOCATIONS, DATEX2_STATUS, DATEX2_TABLE):
        assert faults(file, bodies[file.name]) == []


def words(schema: Any) -> Iterator[list[str]]:
    """The enumerations and fixed texts of a declaration."""
    if isinstance(schema, dict):
        yield from ([schema["enum"]] if "enum" in schema else [])
        yield from ([[schema["const"]]] if isinstance(schema.get("const"), str) else [])
        for value in schema.values():
            yield from words(value)
    if isinstance(schema, list):
        for value in schema:
            yield from words(value)


@pytest.mark.parametrize("file", OFFICIAL, ids=lambda file: file.name)
def test_our_declaration_of_datex2_uses_official_values_and_required_fields(
    file: LiveFile, shared_data: Path
) -> None:
    folder = shared_data / f"schemas/datex2_afir/EnergyInfrastructure{OFFICIAL[file]}Publication"
    if not folder.is_dir():
        pytest.skip(f"the official schemas are not here: {folder.name}")
    theirs: dict[str, Any] = {}
    for path in folder.glob("DATEXII_3_*.json"):
        theirs |= json.loads(path.read_text())["definitions"]
    required = {
        "DatexPointNow": "ElectricChargingPointStatus",
        "DatexStationNow": "EnergyInfrastructureStationStatus",
        "DatexPoint": "ElectricChargingPoint",
        "DatexConnector": "Connector",
        "DatexStation": "EnergyInfrastructureStation",
        "DatexSite": "EnergyInfrastructureSite",
        "DatexTable": "EnergyInfrastructureTable",
        "DatexHeader": "HeaderInformation",
        "DatexStatusPublication": "EnergyInfrastructureStatusPublication",
        "DatexTablePublication": "EnergyInfrastructureTablePublication",
    }
    ours = SHAPES[file].model_json_schema()["$defs"]
    for name, model in ours.items():
        if name in required:
            official_one = theirs[required[name]]
            assert set(official_one.get("required", [])) <= set(model["required"]), name
            assert set(model["properties"]) <= set(official_one["properties"]), name
    enums = {word for one in theirs.values() for word in one.get("enum", [])}
    fixed = {"FacilityObject", "EnergyInfrastructureTable", "3", "01-00-00", "fr", "FR"}
    used = {word for group in words(ours) for word in group}
    assert used - fixed - {"AFIR Energy Infrastructure"} <= enums


def test_ocpi_and_datex2_give_the_status_of_a_point_in_use_and_none_of_a_stale_one(
    static: bytes,
) -> None:
    body = [point("Occupé (en charge)"), point("Disponible", "2026-11-22T16:00:00Z", 2)]
    plugs = {f"prise_type_{plug}": "False" for plug in ("ef", "combo_ccs", "chademo")}
    plugs |= {"prise_type_2": "True", "puissance_nominale": "7"}
    equipment = [
        json.loads(static)[0] | plugs | {"id_pdc_local": f"FR*V75*EPX08*11*{n}"} for n in (1, 2)
    ]
    now = present_of(json.dumps(body).encode(), json.dumps(equipment).encode(), AT)

    (location,) = json.loads(ocpi_locations(now))["data"]
    assert [evse["status"] for evse in location["evses"]] == ["CHARGING", "UNKNOWN"]
    assert location["evses"][0]["connectors"][0]["max_amperage"] == 30
    assert (location["postal_code"], location["city"]) == ("75008", "Paris")
    status = datex2_status(now).decode()
    assert [w for w in ("occupied", "unknown", "charging") if f'"{w}"' in status] == [
        "occupied",
        "unknown",
    ]


def test_ocpi_fields_are_those_of_the_published_examples(
    files: Mapping[LiveFile, bytes], shared_data: Path
) -> None:
    folder = shared_data / "schemas/ocpi_2.2.1/examples"
    if not folder.is_dir():
        pytest.skip("the examples of OCPI are not here")
    published = [json.loads(path.read_text()) for path in folder.glob("location_example*.json")]
    for location in json.loads(files[OCPI_LOCATIONS])["data"]:
        assert set(location) <= {name for one in published for name in one}
        for evse in location["evses"]:
            theirs = [other for one in published for other in one.get("evses", [])]
            assert set(evse) <= {name for other in theirs for name in other}
            connectors = [c for other in theirs for c in other["connectors"]]
            assert {k for c in evse["connectors"] for k in c} <= {
                k for c in connectors for k in c
            } | {"max_electric_power"}
