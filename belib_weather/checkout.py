"""Where the package runs from: a checkout, or an installed wheel; and what is found from there.

What belongs here: the folders that do not depend on the working directory. What does not: settings.
Why: docs/decisions/home-of-the-checkout.md
"""

from pathlib import Path

from platformdirs import user_data_path

_PROJECT = Path(__file__).resolve().parents[1]
_HOME = ".belib"


def checkout() -> Path | None:
    """The folder of the project that this package runs from; None where a wheel is installed."""
    names = ("pyproject.toml", "workspace.yaml")
    return _PROJECT if all((_PROJECT / name).is_file() for name in names) else None


def installed_home() -> Path:
    """Folder of the data by where the package is: of the checkout, else of this user's data."""
    project = checkout()
    return project / _HOME if project else user_data_path("belib_weather")


def default_home() -> Path:
    """Folder of the data where BELIB_HOME is unset, the same from every folder.

    Data that an earlier version put into the working directory stays in use.
    """
    try:
        here = Path.cwd() / _HOME
        has_data = any((here / mode).is_dir() for mode in ("live", "demo"))
    except OSError:  # removed, or another user's
        return installed_home()
    return here if has_data else installed_home()


def env_file() -> Path | None:
    """The file of settings: `.env` of the working directory, else of the checkout, if any."""
    project = checkout()
    places = (Path(".env"), project / ".env") if project else (Path(".env"),)
    return next((place for place in places if place.is_file()), None)
