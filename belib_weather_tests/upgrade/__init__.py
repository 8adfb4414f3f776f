"""Stores that an earlier version filled; README.md says which."""

from pathlib import Path

FOLDER = Path(__file__).parent
