"""``python -m simulator.cli`` is the command ``simulator``."""

from simulator.cli import main

main()
