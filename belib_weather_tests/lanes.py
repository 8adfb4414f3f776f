"""Names of the assets of a lane, as the registry has them."""

from belib_weather.assets.registry import registry
from belib_weather.lanes import Lane


def assets_in(lane: Lane) -> tuple[str, ...]:
    """All assets of a lane."""
    return tuple(entry.name for entry in registry().values() if entry.lane is lane)


def tables_in(lane: Lane) -> tuple[str, ...]:
    """The same without those that need Elasticsearch."""
    return tuple(name for name in assets_in(lane) if not registry()[name].is_index)
