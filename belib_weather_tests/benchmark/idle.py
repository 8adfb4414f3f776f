"""A graph of as many assets and checks as the environment says, which do nothing."""

import os

import dagster as dg


def _asset(name: str) -> dg.AssetsDefinition:
    @dg.asset(name=name)
    def idle() -> dg.MaterializeResult[None]:
        return dg.MaterializeResult()

    return idle


def _check(name: str, of: str) -> dg.AssetChecksDefinition:
    @dg.asset_check(name=name, asset=of)
    def idle() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=True)

    return idle


_ASSETS = [f"asset_{i}" for i in range(int(os.environ["IDLE_ASSETS"]))]
_CHECKS = range(int(os.environ["IDLE_CHECKS"]))

defs = dg.Definitions(
    assets=[_asset(name) for name in _ASSETS],
    asset_checks=[_check(f"check_{i}", _ASSETS[i % len(_ASSETS)]) for i in _CHECKS],
    jobs=[dg.define_asset_job("idle")],
    executor=dg.in_process_executor,
)
