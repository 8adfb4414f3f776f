"""How Paris charges its electric cars, and how the weather goes with it.

The rooms follow the data: `sources` (public APIs) → `lake` (MongoDB) → `transform` (pure polars)
→ `warehouse` (PostgreSQL) → `search` (Elasticsearch); `assets` and `automation` make a Dagster
lineage graph of them, wired in `definitions`. Importing this package has no side effects.
"""
