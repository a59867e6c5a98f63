"""``python -m notebooks [NAME ...]``: execute the notebooks, or those that are named, and write their pages."""

import sys
import time

from notebooks.paging import PAGES, page_of, scripts


def main(names: list[str]) -> int:
    """Write the pages; 2 where a name is none of the notebooks'."""
    known = {script.stem: script for script in scripts()}
    if unknown := sorted(set(names) - set(known)):
        print(f"no such notebook: {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    PAGES.mkdir(exist_ok=True)
    for name in names or known:
        begun = time.monotonic()
        page = page_of(known[name])
        (PAGES / f"{name}.html").write_bytes(page)
        print(f"{name}.html: {len(page) / 1000:.0f} kB, {time.monotonic() - begun:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
