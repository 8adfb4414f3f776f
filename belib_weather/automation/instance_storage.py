"""Where Dagster's records are: the PostgreSQL database that the environment names.

What belongs here: the class that dagster.yaml names, and the message for a shell that has no
address. What does not: the tables, which are Dagster's. Without this class Dagster shows such a
shell a stack trace of its configuration.
Concept: https://docs.dagster.io/deployment/oss/oss-instance-configuration
"""

import os
from typing import Any

import click
from dagster_postgres import DagsterPostgresStorage

VARIABLE = "BELIB_DAGSTER_POSTGRES_URL"


class NoAddress(click.ClickException):
    """The environment names no database; a command prints the message alone and exits with 2."""

    exit_code = 2


class EnvironmentStorage(DagsterPostgresStorage):
    """Dagster's storage in PostgreSQL at the address in `BELIB_DAGSTER_POSTGRES_URL`."""

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """No configuration: the address stays in the environment."""
        return {}

    @classmethod
    def from_config_value(
        cls,
        inst_data: Any,
        config_value: object,  # noqa: ARG003 - empty
    ) -> "EnvironmentStorage":
        """The storage, its tables made where there are none.

        Raises:
            NoAddress: the variable is not set; says what starts the stores.
        """
        url = os.environ.get(VARIABLE)
        if not url:
            mode = " --mode demo" if os.environ.get("BELIB_MODE") == "demo" else ""
            raise NoAddress(
                f"{VARIABLE} is not set in this shell. Start the stores with `belib-weather stores"
                f' up{mode}`, then `eval "$(belib-weather env{mode})"` sets it.'
            )
        return cls(url, inst_data=inst_data)
