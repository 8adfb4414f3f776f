"""The outside world over HTTP: the Belib datasets and the weather.

What belongs here: requests, and refusing an answer that is not complete. What does not: storing it
(`lake`) and parsing its body (`formats`).
"""
