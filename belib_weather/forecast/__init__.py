"""Forecasts: will there be a free point here, in 15 minutes to 24 hours?

What belongs here: features, baselines, the model, its scores and the backtest; pure functions on
frames and arrays, without I/O or a clock. What does not: reading states and storing forecasts
(`assets`), tables (`datasets`), the command (`cli`). Definitions: docs/metrics.md; how to judge a
forecast on other data: docs/forecasts.md.

The frame of states, everywhere (`history.history_of`): one row per unit and instant of a regular
grid; a unit is a charge point, or whatever is free or not.

- `unit_id`: text.
- `time`: instant with a time zone; taken in UTC.
- `is_available`: Boolean; null where it was not observed.
- `in_service` (optional): Boolean; whether the unit could be used at all.
- `group` (optional): what its units have in common, such as the arrondissement.
- `station_id` (optional): units of one station; needed for `model.Model.predict_stations`.
"""
