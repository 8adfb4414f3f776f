"""The registry: every asset and check of this package, read from the modules themselves.

What belongs here: finding them, and the facts by which others choose assets: name, group,
grain, lane. A new module in this package is found by itself. What does not: hand-written lists.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import TypeVar

import dagster as dg

from belib_weather import assets as package
from belib_weather.assets.check_factory import PartitionCheck, partition_check
from belib_weather.lanes import LANE_TAG, Lane
from belib_weather.partitions import Partitions, grain_of
from belib_weather.window import Grain

T = TypeVar("T")


@dataclass(frozen=True)
class AssetEntry:
    """What is known of an asset.

    Attributes:
        name: also that of its table or collection, if it writes one.
        group: the layer.
        grain: of its partitions; None for an asset without partitions.
        lane: the job that runs it.
    """

    name: str
    group: str
    grain: Grain | None
    lane: Lane

    @property
    def is_raw(self) -> bool:
        """Whether it stores what others publish."""
        return self.group == "raw"

    @property
    def is_index(self) -> bool:
        """Whether it needs Elasticsearch."""
        return self.group == "search"


def all_assets() -> list[dg.AssetsDefinition]:
    """Every asset, sorted by name; external ones are not among them."""
    found = [a for a in _found(dg.AssetsDefinition) if not isinstance(a, dg.AssetChecksDefinition)]
    return sorted(found, key=lambda asset: asset.key)


def all_checks(partitions: Partitions) -> list[dg.AssetChecksDefinition]:
    """Every check, those of partitioned assets by the given partitions."""
    partitioned = [partition_check(check, partitions) for check in _found(PartitionCheck)]
    return [*_found(dg.AssetChecksDefinition), *partitioned]


@cache
def registry() -> dict[str, AssetEntry]:
    """The entries of all assets, by name."""
    entries = [_entry(spec) for asset in all_assets() for spec in asset.specs]
    return {entry.name: entry for entry in entries}


def _entry(spec: dg.AssetSpec) -> AssetEntry:
    name = spec.key.to_user_string()
    if LANE_TAG not in spec.tags:
        raise ValueError(f"no job runs the asset {name}: give it tags=Lane.….tags")
    return AssetEntry(
        name=name,
        group=spec.group_name or "",
        grain=grain_of(spec.partitions_def),
        lane=Lane(spec.tags[LANE_TAG]),
    )


def _found(kind: type[T]) -> list[T]:
    """Module-level objects of a kind, each once, however many modules import it."""
    unique = {id(value): value for module in _modules() for value in vars(module).values()}
    # Not isinstance: Dagster has tuples of its own that refuse to be iterated.
    collections = [value for value in unique.values() if type(value) is tuple]
    flat = [*unique.values(), *(item for one in collections for item in one)]
    return list({id(value): value for value in flat if isinstance(value, kind)}.values())


def _modules() -> Iterator[ModuleType]:
    for found in iter_modules(package.__path__, f"{package.__name__}."):
        if found.name != __name__:
            yield import_module(found.name)
