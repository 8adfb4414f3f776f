"""How good the forecasts were, on the pages: skill beside the forecasts, errors, reliability."""

from functools import cache

import pytest

from belib_weather.datasets.forecasts import SCORED_HORIZONS
from belib_weather.panels.i18n import Language
from belib_weather.site.forecast_quality import forecast_quality
from belib_weather.site.pages import files_of
from belib_weather_tests.unit.site import small, whole
from belib_weather_tests.unit.site.test_pages import Reader

STATION, METHOD = "station/FRV75PPX0704/index.html", "data-and-method/index.html"


@cache
def pages(*, days: int = whole.SCORED_DAYS, model: str = "boosted") -> dict[str, str]:
    """The text of each page of a small site with forecasts."""
    data = small.small(forecasts=whole.forecasts(model), scores=whole.scores(days))
    made = {file.path: file.body for file in files_of(data) if file.path.endswith("index.html")}
    return {path: Reader(html.decode()).text for path, html in made.items()}


def test_skill_is_of_each_horizon_over_the_blend_in_the_newest_28_days() -> None:
    quality = forecast_quality(whole.scores(40))

    assert (quality.days, quality.last) == (28, whole.scores(1)["local_date"][0])
    assert [each.minutes for each in quality.horizons] == list(SCORED_HORIZONS)
    served, blend = (
        sum(whole.brier_sum(name, 0, back) for back in range(28)) for name in ("served", "blend")
    )
    for each in quality.horizons:
        assert each.skill is not None
        assert each.skill.skill == pytest.approx(1 - served / blend)
        assert each.skill.low < each.skill.skill < each.skill.high
        assert each.calibration_error == pytest.approx(0.03)
        assert each.scored == 28 * 1000, "all stations; those in service are among them"
    assert quality.horizons[0].errors["usual"] == pytest.approx(0.11)
    assert quality.horizons[4].errors["usual"] == pytest.approx(0.22)
    assert [(round(each.said, 2), each.came) for each in quality.tenths[3:5]] == [
        (0.35, 0.38),
        (0.45, 0.48),
    ]


@pytest.mark.long
def test_a_station_shows_the_skill_beside_its_forecasts_and_where_it_comes_from() -> None:
    made = pages()
    skill = forecast_quality(whole.scores()).horizons[1].skill
    assert skill is not None

    said = f"1 hour ahead: {skill.skill:.0%} ({skill.low:z.0%} to {skill.high:.0%})"
    assert said in made[f"en/{STATION}"]
    assert "20 days up to Thursday 26 November 2026" in made[f"en/{STATION}"]
    assert "How good are the forecasts?" in made[f"en/{STATION}"]
    assert f"à 1 heure : {100 * skill.skill:.0f} % (" in made[STATION]
    assert "Skill" not in made["en/station/FRV75PPX1101/index.html"], "it has no forecast"


@pytest.mark.long
def test_data_and_method_has_errors_by_horizon_and_reliability_by_tenth() -> None:
    made = pages()

    for sentence in ("15 minutes", "24 hours", "45%48%10,000", "0.110", "45% said, 48% came true"):
        assert sentence in made[f"en/{METHOD}"]
    assert "Erreur de calibration" in made[METHOD]


@pytest.mark.long
@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "not scored yet. It needs 14 days of forecasts."),
        (1, "not scored yet. 1 of the 14 days that it needs is scored."),
        (13, "not scored yet. 13 of the 14 days that it needs are scored."),
    ],
)
def test_with_too_few_days_the_pages_say_that_forecasts_are_not_scored_yet(
    days: int, said: str
) -> None:
    made = pages(days=days)

    for path in (f"en/{STATION}", f"en/{METHOD}"):
        assert said in made[path]
        assert "ahead:" not in made[path]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.ENGLISH, "At present no model is served"),
        (Language.FRENCH, "Aucun modèle ne sert en ce moment"),
    ],
)
def test_the_pages_state_while_the_blend_is_served(language: Language, said: str) -> None:
    prefix = "" if language is Language.FRENCH else f"{language}/"

    for path in (STATION, METHOD):
        assert said in pages(model="blend")[prefix + path]
        assert said not in pages()[prefix + path]
