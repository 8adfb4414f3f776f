"""Networks of charge points: what is true of one network alone.

What belongs here: labels, field names, id rules, bounds, time zone, resync and cadence of a
network. What does not: canonical words (`vocabulary`) and readers of bodies, in `formats`.

A second network is a module beside `paris` that declares a `Network`, and a reader in `formats`
where its bodies have another shape.
"""

from belib_weather.networks.declaration import Bounds, Dataset, Network
from belib_weather.networks.paris import PARIS

__all__ = ["NETWORK", "Bounds", "Dataset", "Network"]

NETWORK = PARIS
"""The network of this platform; all code reads it from here."""
