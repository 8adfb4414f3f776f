"""A model as bytes: JSON that a person can read, in which nothing is code.

What belongs here: writing and reading. What does not: where the file lies (`assets`).
"""

import base64
import json
from dataclasses import fields
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from belib_weather.forecast.baselines import Blend
from belib_weather.forecast.calibration import Calibration
from belib_weather.forecast.errors import ForecastError
from belib_weather.forecast.fitting import Fitted
from belib_weather.forecast.model import VERSION, Model
from belib_weather.forecast.profiles import Sums
from belib_weather.forecast.stations import CountSpread
from belib_weather.forecast.turnover import Changes

_NAME = "belib-weather forecast model"


def dumps(model: Model) -> bytes:
    """The file of a model: version, features, training window, scores; then what it learned."""
    content = {
        "file": _NAME,
        "version": model.version,
        "name": model.name,
        "features": list(model.features),
        "trained_from": model.trained_from.isoformat(),
        "trained_to": model.trained_to.isoformat(),
        "zone": model.zone,
        "step_seconds": model.step,
        "uses_weather": model.uses_weather,
        "held_out": {
            "units": model.units.held_out,
            "stations": model.stations.held_out if model.stations else None,
        },
        "units": _serialized(model.units),
        "stations": _serialized(model.stations) if model.stations else None,
        "spread": _arrays(model.spread) if model.spread else None,
    }
    return json.dumps(content, indent=1, allow_nan=False).encode()


def loads(body: bytes) -> Model:
    """The model of a file that `dumps` made.

    Raises:
        ForecastError: it is not such a file, or of another version.
    """
    try:
        content = json.loads(body)
        if content["file"] != _NAME:
            raise ForecastError(f"not a forecast model but {content['file']!r}: train a new one")
        if content["version"] != VERSION:
            raise ForecastError(
                f"a model of version {content['version']}, this is version {VERSION}: train a new"
                " one"
            )
        return Model(
            version=content["version"],
            zone=content["zone"],
            step=content["step_seconds"],
            trained_from=datetime.fromisoformat(content["trained_from"]),
            trained_to=datetime.fromisoformat(content["trained_to"]),
            uses_weather=content["uses_weather"],
            units=_fitted(content["units"]),
            stations=_fitted(content["stations"]) if content["stations"] else None,
            spread=CountSpread(**_read(content["spread"])) if content["spread"] else None,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ForecastError(f"not a forecast model ({error!r}): train a new one") from error


def _serialized(fit: Fitted) -> dict[str, Any]:
    return {
        "units": list(fit.units),
        "reason": fit.reason,
        "held_out": fit.held_out,
        "blend": _arrays(fit.blend),
        "calibration": _arrays(fit.calibration),
        "sums": _arrays(fit.sums),
        "changes": _arrays(fit.sums.changes),
        "trees": fit.trees,
    }


def _fitted(content: dict[str, Any]) -> Fitted:
    return Fitted(
        units=tuple(content["units"]),
        sums=Sums(**_singles(content["sums"]), changes=Changes(**_singles(content["changes"]))),
        blend=Blend(**_read(content["blend"])),
        trees=content["trees"],
        calibration=Calibration(**_read(content["calibration"])),
        reason=content["reason"],
        held_out=content["held_out"],
    )


def _arrays(of: Blend | Calibration | Sums | Changes | CountSpread) -> dict[str, Any]:
    """Small arrays as lists, long ones as base64 of their bytes."""
    found: dict[str, Any] = {}
    arrays = {field.name: getattr(of, field.name) for field in fields(of)}
    for name, values in arrays.items():
        if not isinstance(values, np.ndarray):
            continue
        if values.size < 500:
            found[name] = values.tolist()
        else:
            text = base64.b64encode(values.astype("<f4").tobytes()).decode()
            found[name] = {"float32": text, "shape": values.shape}
    return found


def _singles(content: dict[str, Any]) -> dict[str, NDArray[np.float32]]:
    return {name: values.astype(np.float32) for name, values in _read(content).items()}


def _read(content: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, values in content.items():
        if isinstance(values, dict):
            flat = np.frombuffer(base64.b64decode(values["float32"]), dtype="<f4")
            found[name] = flat.reshape(values["shape"]).astype(np.float32)
        else:
            found[name] = np.array(values, dtype=np.float64)
    return found
