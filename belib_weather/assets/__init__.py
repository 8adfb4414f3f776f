"""The lineage graph: one short module per layer, and the checks.

`external` (public APIs) → `raw` (MongoDB) → `core` (PostgreSQL) → `search` (Elasticsearch). An
asset body reads like the sentence that describes it: window → read → transform → replace →
metadata. Rules of the data live in `transform`, stores in their own rooms, wiring in
`definitions`.
"""
