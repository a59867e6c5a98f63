"""The records that compiled functions work on: demand, rules, people, state and counts. Only names, kinds and places.

Two-dimensional things lie flat: a counsellor's or person's value by channel is at ``index * N_CHANNELS + channel``.
"""

from simulator.demand.quantiles import HALF
from simulator.scenario.model import CHANNELS, LIVE
from simulator.service.compiled.machine import Layout

PHONE, CHAT = CHANNELS.index("phone"), CHANNELS.index("chat")
N_LIVE, N_CHANNELS = len(LIVE), len(CHANNELS)
LIVE_MASK = (1 << N_LIVE) - 1
NONE = -1

# --- streams of random numbers, by place -------------------------------------------------------------------------

WORK, WRAP_UP = 0, N_CHANNELS
PATIENCE = 2 * N_CHANNELS
REDIAL_DELAY = PATIENCE + N_LIVE
RETURN_DELAY = REDIAL_DELAY + N_LIVE
BALK = RETURN_DELAY + N_LIVE
CLOSED, REDIAL, ORIGIN, ARRIVALS, POSITION, BUSY_DAY = range(BALK + 1, BALK + 7)
BUSY_DAY_OWN = BUSY_DAY + 1
BUSY_HOUR = BUSY_DAY_OWN + N_CHANNELS
FIRST_SITE = BUSY_HOUR + N_CHANNELS
SITE_START, SITE_IDLE, SITE_BUSY = range(3)
STREAMS_OF_SITE = 3


def stream_names(sites: tuple[str, ...]) -> tuple[str, ...]:
    """Names of all streams, in the order of the places above."""
    return (
        *(f"work/{name}" for name in CHANNELS),
        *(f"wrap_up/{name}" for name in CHANNELS),
        *(f"{what}/{name}" for what in ("patience", "redial_delay", "return_delay") for name in LIVE),
        *("balk", "closed", "redial", "origin", "arrivals", "position", "busyness/day"),
        *(f"busyness/day/{name}" for name in CHANNELS),
        *(f"busyness/hour/{name}" for name in CHANNELS),
        *(f"background/{what}/{site}" for site in sites for what in ("start", "idle", "busy")),
    )


NORMAL_TABLE, EXPONENTIAL_TABLE = 0, 2 * HALF
"""Where the tables by word lie; families by score follow."""
ALWAYS_ONE, NEVER = -1, -2
"""In place of a table of a family: every number is the mean; the time never comes."""

# --- registers: single numbers that change -----------------------------------------------------------------------

NOW, ROWS, NEAR, HEAP, PERSONS, OPEN = range(6)
N_REGISTERS = 6
"""The present; rows written; events that are near; events in the heap; persons; the open channels, a bit each."""
NEAR_ROOM = 32
"""Most events that are near."""

RULES = Layout(
    "Rules",
    # by channel
    exists="i8[]",
    balking="f8[]",
    max_waiting="i8[]",
    redial="f8[]",
    phone_instead="f8[]",
    come_back="f8[]",
    hard_stop="i8[]",
    serve_out="i8[]",
    last_admission_ms="i8[]",
    opens_first="i8[]",
    opens_ms="i8[]",
    closes_ms="i8[]",
    # by site
    sites="i8",
    site_busy="i8[]",
    site_ring_ms="i8[]",
    first_of_site="i8[]",
    first_word="i8[]",
    set_words="i8",
    levels="i8",
    # by counsellor
    counsellors="i8",
    site_of="i8[]",
    word_of="i8[]",
    bit_of="i8[]",
    chats_at_once="i8[]",
    answers="i8[]",
    kind_of="i8[]",
    talk_room="i8",
    # the whole service
    paces="i8",
    speed="i8[]",
    most_loaded="i8",
    shift_end="i8",
    local_first="i8",
    overflow="i8",
    from_ms="i8",
    horizon_ms="i8",
    events="i8",
    event_ms="i8[]",
    event_order="i8[]",
)
"""A plan; see `simulator.service.plan.Plan`.

``first_word``: a site's first word in the sets of counsellors, whose bits are ``word_of`` and ``bit_of``; in all there
are ``set_words``. ``levels``: more chats than anybody with room for one more holds. ``kind_of``: who answers the same
channels is of the same kind.
"""

PEOPLE = Layout(
    "People",
    arrival_ms="i8[]",
    channel="i2[]",
    attempts="i8",
    is_drawn="i8",
    # drawn beforehand, by person; else only what nearly everybody needs, see `draws.look_up_ahead`
    local="i2[]",
    work_ms="i8[]",
    wrap_up_ms="i8[]",
    patience_ms="i8[]",
    redial_delay_ms="i8[]",
    return_delay_ms="i8[]",
    balk_u="f8[]",
    closed_u="f8[]",
    redial_u="f8[]",
    # looked up when needed
    identity="u8[]",
    keys="u8[]",
    family="i8[]",
    scale_ms="f8[]",
    least_ms="i8[]",
    tables="f8[]",
    origins="i8",
    origin_steps="f8[]",
    # the sites' own duty work: start and end of each spell
    spell_first="i8[]",
    spells_ms="i8[]",
)
"""Contacts; see `simulator.demand.contacts.Contacts`. ``local``: the plan's site of each person's municipality."""

STATE = Layout(
    "State",
    registers="i8[]",
    # events to come, pairs of time and order
    near="i8[]",
    heap="i8[]",
    # by row (attempt)
    rows="i8",
    heap_room="i8",
    person="i4[]",
    attempt="i2[]",
    row_channel="i2[]",
    at_ms="i8[]",
    fate="i2[]",
    then="i2[]",
    site="i2[]",
    counsellor="i2[]",
    wait_ms="i8[]",
    start_ms="i8[]",
    end_ms="i8[]",
    held_by="i2[]",
    due_ms="i8[]",
    left_ms="i8[]",
    ahead="i4[]",
    behind="i4[]",
    queued="i2[]",
    # by queue: site and channel
    head="i8[]",
    tail="i8[]",
    length="i8[]",
    # by channel, by site
    channel_closes_ms="i8[]",
    site_is_open="i8[]",
    waiting="i8[]",
    spell="i8[]",
    idle_count="i8[]",
    lingerers="i8[]",
    idle="i8[]",
    roomy="i8[]",
    # by counsellor
    on_duty="i8[]",
    lingers="i8[]",
    takes="i8[]",
    urgent="i8[]",
    calls="i8[]",
    chats="i8[]",
    call="i8[]",
    message="i8[]",
    talking="i8[]",
    remaining="i8[]",
    talkers="i8[]",
    progress_ms="i8[]",
    since_ms="i8[]",
    busy_ms="i8[]",
    overtime_ms="i8[]",
    slot_ms="i8[]",
    # by person
    next_attempt="i2[]",
    next_channel="i2[]",
)
"""All that changes while the clock runs.

``waiting``: by site, a bit for each channel with somebody waiting. ``idle``, ``roomy``: sets of counsellors on duty, a
bit each, who hold nobody live, and, by the number of chats they hold, who have room for one more. ``urgent``: by
counsellor and channel, the live channels whose waiting she must take first, `NONE` where she does not answer it.
"""

DEMAND = Layout(
    "Demand",
    # cells of all channels, channel by channel; the first of each channel and window
    windows="i8",
    window_cells="i8[]",
    cell_start_ms="i8[]",
    cell_length_ms="i4[]",
    cell_first_person="u8[]",
    cell_day="i4[]",
    cell_hour="u8[]",
    cell_mean="f8[]",
    # how busy days and hours are: a table of the family each, or `NONE`
    day_table="i8",
    hour_table="i8",
    day_common="f8",
    day_own="f8",
    most_persons="f8",
    most_in_cell="f8",
    # room for the persons of a year, and of a window
    persons="i8",
    room="i8",
    unsorted_ms="i8[]",
    unsorted_identity="u8[]",
    unsorted_cell="i4[]",
    unsorted_place="i4[]",
    unsorted_work_ms="i8[]",
    unsorted_choice="f8[]",
    unsorted_u="f8[]",
    shift="i8",
    moved_ms="i8[]",
    moved_place="i4[]",
    digits="i4[]",
    # room for the cells of a channel in a window, and for those that are still active
    expects="f8[]",
    passed="f8[]",
    active="i4[]",
    counters="u8[]",
    gaps="f8[]",
    # room for a block of numbers
    block="i8[]",
    scores="f8[]",
    numbers="f8[]",
    idle_ms="i8[]",
    busy_ms="i8[]",
    # the sites' own duty work
    sites="i8",
    busy_share="f8[]",
    until_ms="i8",
    spells="i8",
)
"""Who is expected; see `simulator.demand.draw.Demand`."""

COUNTS = Layout(
    "Counts",
    hours="i8",
    hour_column="i8[]",
    hour_month="i8[]",
    hour_day="i8[]",
    days="i8",
    target_ms="i8[]",
    table="i8[]",
    answered_by_day="i8[]",
    waits_ms="i8[]",
    waits="i8[]",
    calls="i8[]",
    call_waits_ms="i8[]",
    pending="i4[]",
    outcome="i2[]",
)
"""What is counted of a year; see `simulator.service.tally.Tally`. ``pending``: persons whose first attempt was not the
last word, and by person ``outcome``, what has become of them."""

open_rules, open_people, open_state = RULES.opened, PEOPLE.opened, STATE.opened
open_demand, open_counts = DEMAND.opened, COUNTS.opened
"""Compiled functions see a record's fields through these."""

DRAW, SERVE, COUNT = 1, 2, 4
"""Parts of a year, to be added."""

DONE, FULL, FULL_OF_SPELLS, ENDLESS, TOO_MANY = range(5)
"""How a year ends: done; no room for so many persons or attempts, or for so many spells (run again with more); more
steps than any world needs; more persons than can be drawn."""

GONE = 2
"""Of one who lingered (1) and went home: until her next shift she still takes only what she lingered for."""
ALL_CHANNELS = (1 << N_CHANNELS) - 1

MOST_PUSHES_PER_ROW = 6
"""One closing may move everybody who waits: that many events for each of them must find room in the heap."""
