"""Reading the settings from the environment and `.env`, and saying what is wrong with them.

`.env` is that of the working directory, else that of the checkout.
"""

import difflib
import os
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import ValidationError

from belib_weather.checkout import env_file
from belib_weather.settings.errors import SettingsError
from belib_weather.settings.platform import PREFIX, Settings


def _paths_of(file: Path | None) -> dict[str, Path]:
    """Relative paths in the checkout's `.env` are relative to it, from every folder."""
    if file is None or not file.is_absolute():
        return {}
    from_file = dotenv_values(file)
    paths = {}
    for name, field in Settings.model_fields.items():
        variable = f"{PREFIX}{name.upper()}"
        value = from_file.get(variable)
        if value and field.annotation in (Path, Path | None) and not os.environ.get(variable):
            paths[name] = file.parent / value
    return paths


def _unknown() -> list[str]:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    file = env_file()
    variables = {*os.environ, *(dotenv_values(file) if file else ())}
    messages = []
    for name in sorted(n for n in variables if n.startswith(PREFIX) and n not in known):
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else ".env.example lists the settings."
        messages.append(f"{name}: there is no such setting; {hint}")
    return messages


def load_settings(**overrides: Any) -> Settings:
    """Read the settings from the environment and `.env`; keyword arguments win over both.

    Raises:
        SettingsError: one line per wrong or unknown variable, with an example; values are
            never repeated, since they may be secrets.
    """
    problems = _unknown()
    if "_env_file" not in overrides:
        file = env_file()
        overrides = {**_paths_of(file), **overrides, "_env_file": file}
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        for item in error.errors():
            name = str(item["loc"][0])
            field = Settings.model_fields[name]
            example = (field.examples or [field.get_default(call_default_factory=True)])[0]
            problems.append(
                f"{PREFIX}{name.upper()}: {item['msg']}. Example: {PREFIX}{name.upper()}={example}"
            )
    if problems:
        raise SettingsError("\n".join(problems))
    return settings
