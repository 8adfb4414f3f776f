"""What a tool is, and what it works with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, ValidationError

from belib_weather.clock import Now, utc_now
from belib_weather.questions.answers import PARIS, Answer
from belib_weather.warehouse import Warehouse

FARTHEST = timedelta(days=7)
"""How far ahead an hour may lie: the usual week knows no dates."""


class CannotAnswer(Exception):
    """A question cannot be answered; the message says why, and what can be asked instead."""


class Arguments(BaseModel):
    """Arguments of a tool: unknown ones are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class WarehouseReader:
    """Where a tool reads: a warehouse, the present, and the address of the site.

    Attributes:
        warehouse: queried in transactions that may only read.
        now: gives the present.
        site: address of the site without a slash at its end; empty where it has none.
    """

    warehouse: Warehouse
    now: Now = utc_now
    site: str = ""

    def rows(self, query: sa.Select[Any]) -> list[dict[str, Any]]:
        """The rows of a query by column name."""
        return self.warehouse.select(query)

    def page(self, path: str) -> str:
        """The address of a page of the site, or its path where the site has no address."""
        return f"{self.site}{path}"

    def instant(self, at: datetime | None) -> datetime:
        """The requested instant; without an offset it is in Paris time.

        Raises:
            CannotAnswer: it is over, or too far ahead.
        """
        now = self.now()
        if at is None:
            return now
        instant = at.replace(tzinfo=PARIS) if at.tzinfo is None else at
        if not now - timedelta(hours=1) <= instant <= now + FARTHEST:
            local = now.astimezone(PARIS)
            raise CannotAnswer(
                f"{instant.astimezone(PARIS):%Y-%m-%d %H:%M} in Paris is not within the next seven"
                f" days: it is {local:%A %Y-%m-%d %H:%M} there now"
            )
        return max(instant, now)


@dataclass(frozen=True)
class Tool:
    """A question that can be asked.

    Attributes:
        name: as assistants and programs call it.
        description: what it answers, for whoever chooses a tool.
        arguments: model of the arguments.
        answer: model of the answer.
        run: answers it.
    """

    name: str
    description: str
    arguments: type[Arguments]
    answer: type[Answer[Any]]
    run: Callable[[WarehouseReader, Any], Answer[Any]]

    def ask(self, data: WarehouseReader, arguments: Mapping[str, Any]) -> Answer[Any]:
        """Check the arguments and answer.

        Raises:
            CannotAnswer: the arguments are wrong, or nothing is known; the message says what to do.
            WarehouseError: PostgreSQL fails.
        """
        try:
            checked = self.arguments.model_validate(dict(arguments))
        except ValidationError as error:
            faults = "; ".join(
                f"{'.'.join(map(str, item['loc'])) or 'arguments'}: {item['msg']}"
                for item in error.errors()
            )
            raise CannotAnswer(f"{self.name}: {faults}") from None
        return self.run(data, checked)

    @property
    def input_schema(self) -> dict[str, Any]:
        """JSON Schema of the arguments."""
        return self.arguments.model_json_schema()

    @property
    def output_schema(self) -> dict[str, Any]:
        """JSON Schema of the answer."""
        return self.answer.model_json_schema(mode="serialization")
