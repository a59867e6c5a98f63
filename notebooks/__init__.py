"""One question each: percent scripts that jupytext opens as notebooks, and their executed pages in ``pages``."""
