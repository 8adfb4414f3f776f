"""The whole platform on one machine: stores and Dagster's processes, started and watched.

What belongs here: starting, watching, restarting, stopping, and the state files of a home. What
does not: the commands themselves (`cli`) and how one store runs (`embedded`).
"""
