"""Readers: from the bytes of a body to frames, one reader per body format.

Acceptance (`sources`) and cleaning (`assets`, `transform`) call the same reader, so that what is
accepted can be read. A reader gives a `ParsedBody`: clean records, rejected records with the
reason, and the summary that the lake stores beside the body.

What belongs here: formats, and parsing their fields. What does not: I/O, requests and
completeness (`sources`), and results of many bodies (`transform`).
"""
