"""Two whole processes to compare: `tick live`, and `tick nothing ASSETS CHECKS`, a graph of as
many assets and checks that do nothing.
"""  # noqa: D205

import sys
from datetime import UTC, datetime

import dagster as dg


def live() -> None:
    """The live job in process: one snapshot, through facts, to the indices."""
    from belib_weather.definitions import defs
    from belib_weather.partitions import hour_key

    with dg.DagsterInstance.ephemeral() as instance:
        defs.resolve_job_def("live").execute_in_process(
            partition_key=hour_key(datetime.now(UTC)), instance=instance
        )


def nothing(assets: int, checks: int) -> None:
    """As many assets, and checks spread over them, that return at once."""

    def asset(name: str) -> dg.AssetsDefinition:
        @dg.asset(name=name)
        def idle() -> dg.MaterializeResult[None]:
            return dg.MaterializeResult()

        return idle

    def check(name: str, of: str) -> dg.AssetChecksDefinition:
        @dg.asset_check(name=name, asset=of)
        def idle() -> dg.AssetCheckResult:
            return dg.AssetCheckResult(passed=True)

        return idle

    with dg.DagsterInstance.ephemeral() as instance:
        dg.materialize(
            [
                *(asset(f"asset_{i}") for i in range(assets)),
                *(check(f"check_{i}", f"asset_{i % assets}") for i in range(checks)),
            ],
            instance=instance,
        )


def size_of_live() -> tuple[int, int]:
    """Assets and checks of the live job."""
    from belib_weather.definitions import defs

    layer = defs.resolve_job_def("live").asset_layer
    return len(layer.selected_asset_keys), len(layer.asset_graph.asset_check_keys)


if __name__ == "__main__":
    if sys.argv[1] == "live":
        live()
    else:
        nothing(int(sys.argv[2]), int(sys.argv[3]))
