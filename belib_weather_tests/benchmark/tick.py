"""Two programs to compare as whole processes: a live tick, and as many steps that do nothing."""

NO_OP = """
import dagster as dg
def asset(name):
    @dg.asset(name=name)
    def nothing() -> dg.MaterializeResult[None]:
        return dg.MaterializeResult()
    return nothing
def check(name, of):
    @dg.asset_check(name=name, asset=of)
    def nothing() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=True)
    return nothing
assets = [asset(f"a{i}") for i in range(7)]
checks = [check(f"c{i}", f"a{i % 7}") for i in range(10)]
with dg.DagsterInstance.ephemeral() as instance:
    assert dg.materialize([*assets, *checks], instance=instance).success
"""
TICK = """
from datetime import UTC, datetime
import dagster as dg
from belib_weather.definitions import defs
from belib_weather.partitions import hour_key
with dg.DagsterInstance.ephemeral() as instance:
    job = defs.resolve_job_def("live")
    key = hour_key(datetime.now(UTC))
    assert job.execute_in_process(partition_key=key, instance=instance).success
"""
