"""What the Dagster catalog shows of a run: column schemas, tables, charts, maps.

What belongs here: turning datasets and results into Dagster metadata. What does not: fetching,
cleaning, storing. Nothing that fetches, cleans or stores imports this package's pictures.
"""
