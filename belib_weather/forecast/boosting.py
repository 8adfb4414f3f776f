"""Gradient-boosted trees by LightGBM, kept as its text: no code is run when a model is read.

One thread: OpenMP spins where cores are shared (two threads took thirty times as long on a loaded
machine). LightGBM is imported when it is needed, so that nothing else waits for it.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from belib_weather.forecast.errors import ForecastError
from belib_weather.forecast.history import Floats, Singles

if TYPE_CHECKING:
    from lightgbm import Booster

ROUNDS = 300
_FULL_ROWS = 100_000
_FEWEST_ROUNDS = 60
"""Of fewer than `_FULL_ROWS` rows fewer trees are grown."""
_PARAMETERS: dict[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.04,
    "num_leaves": 20,
    "min_data_in_leaf": 400,
    "lambda_l2": 5.0,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "max_bin": 127,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}


def _library() -> Any:
    try:
        import lightgbm  # noqa: PLC0415 - as the module says
    except OSError as error:
        raise ForecastError(
            f"LightGBM cannot start: {error}. Install the OpenMP runtime (Debian: libgomp1,"
            " macOS: brew install libomp)"
        ) from error
    return lightgbm


def train_trees(
    rows: Singles, outcome: Floats, start: Floats, names: tuple[str, ...], seed: int
) -> str:
    """Trees fitted to rows of features, as text.

    Args:
        rows: shape (n, features).
        outcome: 0 or 1; shape (n,).
        start: log odds that the trees correct; shape (n,).
        names: of the features.
        seed: the same rows and seed give the same trees.

    Raises:
        ForecastError: the library is missing a part of the system.
    """
    library = _library()
    data = library.Dataset(
        rows,
        outcome,
        init_score=start,
        feature_name=list(names),
        params={"max_bin": 127, "verbosity": -1},
    )
    rounds = round(np.clip(ROUNDS * len(rows) / _FULL_ROWS, _FEWEST_ROUNDS, ROUNDS))
    leaf = min(_PARAMETERS["min_data_in_leaf"], max(20, len(rows) // 150))
    trees = library.train(
        {**_PARAMETERS, "min_data_in_leaf": leaf, "seed": seed}, data, num_boost_round=rounds
    )
    return str(trees.model_to_string())


def read(text: str) -> "Booster":
    """Trees from their text."""
    return _library().Booster(model_str=text)  # type: ignore[no-any-return]


def log_odds(trees: "Booster", rows: Singles, start: Floats) -> Floats:
    """The log odds of each row, those it started from included; shape (n,)."""
    if not len(rows):
        return np.zeros(0)
    made = trees.predict(rows, raw_score=True, num_threads=1)
    return np.asarray(made, dtype=np.float64) + start
