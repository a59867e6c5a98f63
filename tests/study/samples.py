"""Where the worlds of these tests lie."""

from pathlib import Path

SMALL = Path(__file__).parents[1] / "cli" / "small.yaml"
