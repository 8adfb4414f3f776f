"""The report: one page that says when to charge, in French and in English.

`report_of` computes what the page says from frames, `files.write` draws it and writes the files:
per language one HTML page without any request to a network, and each picture as PNG.

What belongs here: figures, texts and layout of that page. What does not: reading the stores, and
Dagster.
"""

from belib_weather.report.findings import Report, report_of
from belib_weather.report.period import Period

__all__ = ["Period", "Report", "report_of"]
