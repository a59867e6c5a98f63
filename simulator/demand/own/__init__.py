"""The service's own data: whatever its systems export becomes counts by hour, or contacts of a log; nothing personal.

``sheets`` reads the cells of CSV and Excel; ``headers`` finds the header and what its names mean; ``cells`` understands
dates, times, numbers and outcomes; ``privacy`` refuses what may be about a person; ``reading`` puts the rows together
into ``data``; ``openness`` tells when the channel was open.
"""

from simulator.demand.own.data import OwnCounts, OwnDataError, OwnLog
from simulator.demand.own.reading import read_own_data

__all__ = ["OwnCounts", "OwnDataError", "OwnLog", "read_own_data"]
