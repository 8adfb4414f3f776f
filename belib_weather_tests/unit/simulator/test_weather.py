"""The simulated weather resembles that of Paris, and its forecast errs only about the future."""

import numpy as np
import pytest

from belib_weather.simulator.weather import VARIABLES, Weather
from belib_weather.vocabulary import WEATHER_CLASS_OF_CODE

HOUR = 490_000
"""A UTC hour since 1970 in November 2025."""
YEARS = 3 * 8_766


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_climate_is_that_of_paris(seed: int) -> None:
    values = Weather(seed).truth(HOUR, YEARS).values
    temperature, rain = values["temperature_2m"], values["precipitation"]
    wet = rain > 0
    spells = (wet[1:] & ~wet[:-1]).sum()

    assert 11 < temperature.mean() < 13.2
    assert -15 < temperature.min() < 0
    assert 27 < temperature.max() < 42
    assert 0.15 < wet.mean() < 0.21
    assert wet.sum() / spells > 2.5, "wet hours come in spells"
    assert 0.2 <= np.median(rain[wet]) <= 0.4


def test_summers_are_warm_and_afternoons_too() -> None:
    hours = Weather(1).truth(HOUR, YEARS)
    day = hours.stamps / 24 % 365.25
    temperature, clock = hours.values["temperature_2m"], hours.stamps % 24

    assert temperature[(day > 180) & (day < 230)].mean() > 17
    assert temperature[(day < 40) | (day > 350)].mean() < 7
    assert temperature[clock == 14].mean() - temperature[clock == 4].mean() > 3


def test_codes_agree_with_sums_of_the_same_stamp() -> None:
    values = Weather(4).truth(HOUR, YEARS).values

    assert ((values["weather_code"] >= 51) == (values["precipitation"] > 0)).all()
    assert set(values["weather_code"].astype(int).tolist()) <= WEATHER_CLASS_OF_CODE.keys()
    assert (values["rain"][values["snowfall"] > 0] == 0).all()


def test_any_cut_of_the_series_has_the_same_values() -> None:
    weather = Weather(1)
    whole, part = weather.truth(HOUR, 500), weather.truth(HOUR + 123, 77)

    for name in VARIABLES:
        assert (whole.values[name][123:200] == part.values[name]).all()


def test_a_forecast_has_true_past_hours_and_errors_in_future_ones() -> None:
    weather = Weather(1)
    at = (HOUR + 48) * 3_600 + 1_234
    truth, forecast = weather.truth(HOUR, 144), weather.forecast(at, HOUR, 144)
    error = forecast.values["temperature_2m"] - truth.values["temperature_2m"]

    for name in VARIABLES:
        assert (forecast.values[name][:49] == truth.values[name][:49]).all()
    assert 0 < np.abs(error[49:73]).mean() < 1.5
    assert np.abs(error[49:]).max() < 10


@pytest.mark.long
def test_forecast_improves_as_its_hour_comes_near() -> None:
    weather = Weather(1)
    stamps = range(HOUR + 200, HOUR + 600)

    def mean_error(lead: int) -> float:
        errors = [
            weather.forecast((stamp - lead) * 3_600, stamp, 1).values["temperature_2m"][0]
            - weather.truth(stamp, 1).values["temperature_2m"][0]
            for stamp in stamps
        ]
        return float(np.abs(errors).mean())

    assert mean_error(2) < mean_error(72)
