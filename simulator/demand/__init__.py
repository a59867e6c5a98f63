"""Who would make contact, and when: profiles, their reconstruction, and drawing. The public names of the room.

Knows nothing of opening hours, rosters or queues; every number it gives out is of first attempts, never of answers.
"""

from simulator.demand.contacts import Contacts
from simulator.demand.draw import Demand, draw
from simulator.demand.errors import DemandError, ProfileError, ReconstructionError, RecordedError
from simulator.demand.profile import Profile, parse_profile, read_profile, write_profile
from simulator.demand.rates import Cells, hourly_rates
from simulator.demand.reconstruct import block_hours, build_profile
from simulator.demand.recorded import Recorded, replay_contacts
from simulator.demand.shapes import REFERENCES, reference_shape
from simulator.demand.shipped import shipped_names, shipped_origins, shipped_profile, write_origins
from simulator.demand.streams import Streams
from simulator.demand.tilting import tilt

__all__ = [
    "REFERENCES",
    "Cells",
    "Contacts",
    "Demand",
    "DemandError",
    "Profile",
    "ProfileError",
    "ReconstructionError",
    "Recorded",
    "RecordedError",
    "Streams",
    "block_hours",
    "build_profile",
    "draw",
    "hourly_rates",
    "parse_profile",
    "read_profile",
    "reference_shape",
    "replay_contacts",
    "shipped_names",
    "shipped_origins",
    "shipped_profile",
    "tilt",
    "write_origins",
    "write_profile",
]
