"""Builds wheel and sdist in dist/, checks what they contain, and tries the wheel by itself.

`make package`. The wheel goes into a new environment, without the extras, and is started there
away from the checkout: what it lacks shows. The requirements come from the package index, in the
versions of constraints.txt.
"""

import os
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from pathlib import Path

from belib_weather_tests.project import ROOT

UV = Path(sys.executable).with_name("uv")
# Stores that are not there: the graph must load without asking any of them.
NOWHERE = {
    "BELIB_DAGSTER_POSTGRES_URL": "postgresql+psycopg2://nobody@127.0.0.1:1/dagster",
    "BELIB_POSTGRES_URL": "postgresql+psycopg://nobody@127.0.0.1:1/belib",
    "BELIB_MONGO_URL": "mongodb://127.0.0.1:1",
    "BELIB_ELASTICSEARCH_URL": "http://127.0.0.1:1",
}


def _run(*command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> str:
    result = subprocess.run(
        command, check=False, cwd=cwd, env=env, text=True, stdout=subprocess.PIPE
    )
    if result.returncode:
        sys.exit(f"{' '.join(map(str, command))}\nexited with {result.returncode}\n{result.stdout}")
    return result.stdout


def expected_in_wheel() -> set[str]:
    """Return the files that the wheel must contain: the package as committed, and two beside it."""
    tracked = _run("git", "ls-files", "belib_weather").splitlines()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    forced = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    return {*tracked, *forced.values()}


def faults(wheel: Path, sdist: Path) -> list[str]:
    """Return what is missing from the wheel and the sdist, or too many in them; empty if good."""
    with zipfile.ZipFile(wheel) as archive:
        in_wheel = {name for name in archive.namelist() if ".dist-info/" not in name}
    with tarfile.open(sdist) as packed:
        in_sdist = {m.name.partition("/")[2] for m in packed.getmembers() if m.isfile()}
    tracked = set(_run("git", "ls-files").splitlines())
    wrong = {
        "missing from the wheel": expected_in_wheel() - in_wheel,
        "not wanted in the wheel": in_wheel - expected_in_wheel(),
        "missing from the sdist": tracked - in_sdist,
        "not wanted in the sdist": in_sdist - tracked - {"PKG-INFO"},
    }
    return [f"{what}: {', '.join(sorted(names))}" for what, names in wrong.items() if names]


def try_wheel(wheel: Path, version: str) -> None:
    """Install the wheel into a new environment and start what it brings, outside the checkout."""
    with tempfile.TemporaryDirectory() as folder:
        outside = Path(folder)
        environment = outside / "venv"
        _run(UV, "venv", "--quiet", "--python", sys.executable, environment)
        python = environment / "bin" / "python"
        constraints = ROOT / "constraints.txt"
        _run(UV, "pip", "install", "--quiet", "--python", python, "-c", constraints, wheel)
        variables = {
            name: value for name, value in os.environ.items() if not name.startswith("BELIB_")
        }
        variables |= {**NOWHERE, "DAGSTER_HOME": str(outside)}
        command = environment / "bin" / "belib-weather"
        printed = _run(command, "--version", cwd=outside, env=variables).strip()
        if printed != version:
            sys.exit(f"belib-weather --version printed {printed!r}, not {version}")
        package = _run(
            python, "-c", "import belib_weather as b; print(b.__path__[0])", cwd=outside
        ).strip()
        _run(
            environment / "bin" / "dagster",
            *("definitions", "validate", "-w", Path(package) / "workspace.yaml"),
            cwd=outside,
            env=variables,
        )


def main() -> None:
    """Build, check and try."""
    dist = ROOT / "dist"
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    wheel = dist / f"belib_weather-{version}-py3-none-any.whl"
    sdist = dist / f"belib_weather-{version}.tar.gz"
    # The wheel is built from the sdist: so what the sdist lacks shows too.
    _run(UV, "build", "--quiet", "--clear", "--out-dir", dist)
    if found := faults(wheel, sdist):
        sys.exit("\n".join(found))
    try_wheel(wheel, version)
    for file in (wheel, sdist):
        sys.stdout.write(f"{file.relative_to(ROOT)}  {file.stat().st_size / 1e6:.1f} MB\n")


if __name__ == "__main__":
    main()
