"""Random numbers by name: the same (seed, name, block) gives the same numbers in any process."""

import zlib

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

_CHUNK = 64


def generator(seed: int, name: str, block: int = 0) -> np.random.Generator:
    """A generator of its own for one block (such as a week) of one named part of the model."""
    key = [seed, zlib.crc32(name.encode()), block]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(key)))


def smooth_noise(seed: int, name: str, positions: Floats) -> Floats:
    """Standard normal noise that varies smoothly along a line, readable at any position.

    Independent normal values sit at the whole numbers; between them they are blended so that the
    variance stays 1.

    Args:
        seed: seed of the model.
        name: which noise.
        positions: shape (n,), non-negative, in units of the noise's correlation length.

    Returns:
        Shape (n,).
    """
    left = np.floor(positions).astype(np.int64)
    first = int(left.min()) // _CHUNK
    last = (int(left.max()) + 1) // _CHUNK
    knots = np.concatenate(
        [generator(seed, name, chunk).standard_normal(_CHUNK) for chunk in range(first, last + 1)]
    )
    at = left - first * _CHUNK
    part = positions - left
    weight = part * part * (3 - 2 * part)
    blended = (1 - weight) * knots[at] + weight * knots[at + 1]
    return np.asarray(blended / np.hypot(1 - weight, weight), dtype=np.float64)
