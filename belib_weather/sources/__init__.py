"""The outside world over HTTP: the Belib datasets and the weather.

What belongs here: asking, checking that an answer is whole, refusing one that is not. What does
not: storing it (`lake`) and reading meaning into it (`transform`).
"""
