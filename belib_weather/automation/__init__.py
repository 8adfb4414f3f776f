"""What runs by itself: the live tick, weather and static schedules, late data, maintenance.

What belongs here: deciding what to run and when. What does not: what a run does (`assets`).
"""
