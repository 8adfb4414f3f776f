"""How often the intervals that the product prints cover the truth, in simulated cities.

`make coverage` writes docs/accuracy.md. One city keeps its fleet; each of its courses is another
draw of days, weather and outages, and the truth is the mean over all courses.

What belongs here: simulated facts, the intervals computed from them, and the page. What does not:
how intervals are computed (`transform.comparisons`, the marts).
"""
