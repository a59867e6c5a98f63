"""The service's own data: whatever its systems export becomes counts by hour, or contacts of a log; nothing personal.

``sheets`` reads the cells of CSV and Excel; ``headers`` finds the header and what its names mean; ``cells`` understands
dates, times, numbers and outcomes; ``privacy`` refuses what may be about a person; ``reading`` puts the rows together.
"""

from simulator.demand.own.reading import OwnCounts, OwnDataError, OwnLog, read_own_data

__all__ = ["OwnCounts", "OwnDataError", "OwnLog", "read_own_data"]
