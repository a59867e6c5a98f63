"""What is known and who said it: every number from the world, with value, unit, year, source and status.

Owns the figures of the service, the terms of work, the comparable services, the priors and the default world
(YAML files by subject) and a typed way to read them. Must not know of scenarios or how a year is simulated.
"""

from simulator.evidence.lookup import UnknownEvidenceError, all_evidence, evidence, number, search
from simulator.evidence.model import STATUSES, Evidence, EvidenceValue, Label, Status, thaw
from simulator.evidence.reader import EvidenceError, read_evidence

__all__ = [
    "STATUSES",
    "Evidence",
    "EvidenceError",
    "EvidenceValue",
    "Label",
    "Status",
    "UnknownEvidenceError",
    "all_evidence",
    "evidence",
    "number",
    "read_evidence",
    "search",
    "thaw",
]
