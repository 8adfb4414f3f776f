"""Open live files: the present in the formats that apps and other platforms read.

What belongs here: one module per format, with the format's version in its name; each declares the
fields that it writes, maps the present to them, and finds faults in a written file. What does not:
when they are written (`assets.open_data`), history (`exports`), and pages. No I/O.
Formats, with their licence: docs/open-data.md.
"""
