"""What holds the project's own files true: the architecture page, links, package and release."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
