"""The whole platform on one machine: its stores and processes, started and kept running.

What belongs here: starting, watching, restarting, stopping, and the state files of a home. What
does not: the commands themselves (`cli`) and how one store runs (`embedded`).
"""
