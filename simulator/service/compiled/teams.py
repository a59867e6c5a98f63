"""Who has room, and who takes whom: questions only, nothing here changes a hand.

The sets of idle and of roomy counsellors make looking for one cheap however many there are. Rules and their reasons
are in `simulator.service.routing` and `teams`; here only what differs is said.
"""

from simulator.service.compiled.layouts import CHAT, LIVE_MASK, N_CHANNELS, N_LIVE, NONE, NOW, PHONE
from simulator.service.compiled.machine import compiled, inlined, trailing_zeros
from simulator.service.plan import FIRST_FREE_LEAVES


@inlined
def is_idle(s, c):
    """Whether nobody live is in her hands."""
    return s.calls[c] == 0 and s.chats[c] == 0


@inlined
def sort_in(r, s, c):
    """Put a counsellor whose hands or duty have changed into the sets she belongs to."""
    word, bit = r.word_of[c], r.bit_of[c]
    there = s.on_duty[c] == 1 and s.calls[c] == 0
    was_idle = s.idle[word] & bit != 0
    idle = there and s.chats[c] == 0
    if idle != was_idle:
        s.idle[word] ^= bit
        s.idle_count[r.site_of[c]] += 1 if idle else -1
    load = s.chats[c] if there and s.chats[c] < r.chats_at_once[c] else 0
    for level in range(1, r.levels):
        place = level * r.set_words + word
        if level == load:
            s.roomy[place] |= bit
        else:
            s.roomy[place] &= ~bit


@compiled
def set_takes(r, s, c, mask):
    """Let her take those of her channels that are in the mask, in her order."""
    before = kept = 0
    for i in range(N_CHANNELS):
        s.takes[c * N_CHANNELS + i] = NONE
        s.urgent[c * N_CHANNELS + i] = NONE
    for i in range(N_CHANNELS):
        channel = r.answers[c * N_CHANNELS + i]
        if channel != NONE and (mask >> channel) & 1:
            s.takes[c * N_CHANNELS + kept] = channel
            s.urgent[c * N_CHANNELS + channel] = before & LIVE_MASK
            before |= 1 << channel
            kept += 1


@inlined
def _has_room(r, s, c, channel):
    if channel == CHAT:
        return s.calls[c] == 0 and s.chats[c] < r.chats_at_once[c]
    return is_idle(s, c) and (channel == PHONE or s.message[c] == NONE)


@inlined
def can_take(r, s, c, channel, site):
    """Room for one more of a channel, and nobody more urgent waits whom she must take first."""
    urgent = s.urgent[c * N_CHANNELS + channel]
    return urgent != NONE and urgent & s.waiting[site] == 0 and _has_room(r, s, c, channel)


@compiled
def next_channel(r, s, c, site):
    """The first of her live channels with somebody waiting whom she may take, or `NONE`."""
    for i in range(N_CHANNELS):
        channel = s.takes[c * N_CHANNELS + i]
        if channel == NONE:
            return NONE
        if channel < N_LIVE and (s.waiting[site] >> channel) & 1 and can_take(r, s, c, channel, site):
            return channel
    return NONE


@inlined
def _suits(r, s, c, channel, site):
    """Whether she may take somebody of a channel, or of `NONE` in particular: anybody who waits."""
    if channel == NONE:
        return next_channel(r, s, c, site) != NONE
    return can_take(r, s, c, channel, site)


@inlined
def spell_end_ms(p, s, site):
    """When the spell of own duty work ends that a site is in now; `NONE` where it is in none."""
    i, last, now = s.spell[site], p.spell_first[site + 1], s.registers[NOW]
    while i < last and p.spells_ms[2 * i + 1] <= now:
        i += 1
    s.spell[site] = i
    return p.spells_ms[2 * i + 1] if i < last and p.spells_ms[2 * i] <= now else NONE


@compiled
def _is_relief(r, s, c, site):
    """Whether an idle counsellor must make up for a colleague of the same work who finishes after her shift."""
    finishing = idle = 0
    for each in range(r.first_of_site[site], r.first_of_site[site + 1]):
        if r.kind_of[each] == r.kind_of[c]:
            if s.on_duty[each] == 1:
                idle += is_idle(s, each)
            else:
                finishing += not is_idle(s, each)
    return finishing > 0 and idle <= finishing


@inlined
def idle_are_spoken_for(r, p, s, site):
    """Whether the site's own duty work needs the last of those who are idle and not relief."""
    if spell_end_ms(p, s, site) == NONE:
        return False
    if r.shift_end != FIRST_FREE_LEAVES:
        return s.idle_count[site] <= 1
    idle = 0
    for c in range(r.first_of_site[site], r.first_of_site[site + 1]):
        idle += s.on_duty[c] == 1 and is_idle(s, c) and not _is_relief(r, s, c, site)
    return idle <= 1


@compiled
def is_able(r, s, c, site, spoken_for):
    """Whether one on duty may start something now."""
    if s.on_duty[c] == 0:
        return False
    if is_idle(s, c):
        return not spoken_for and (r.shift_end != FIRST_FREE_LEAVES or not _is_relief(r, s, c, site))
    return True


@inlined
def counsellor_of(r, site, word, bits):
    """The first counsellor of a site in a word of a set."""
    return r.first_of_site[site] + ((word - r.first_word[site]) << 5) + trailing_zeros(bits)


@inlined
def _best_idle(r, p, s, site, channel):
    """The first of the idle who suits, one without a written question in hand before the others; or `NONE`."""
    if s.idle_count[site] == 0 or idle_are_spoken_for(r, p, s, site):
        return NONE
    interrupted = NONE
    for word in range(r.first_word[site], r.first_word[site + 1]):
        bits = s.idle[word]
        while bits != 0:
            c = counsellor_of(r, site, word, bits)
            bits &= bits - 1
            if r.shift_end == FIRST_FREE_LEAVES and _is_relief(r, s, c, site):
                continue
            if _suits(r, s, c, channel, site):
                if s.message[c] == NONE:
                    return c
                if interrupted == NONE:
                    interrupted = c
    return interrupted


@compiled
def _comes_before(r, s, a, b):
    """Whether counsellor a is taken before b: by load (or packing), then without a question in hand, then by index."""
    load_a, load_b = s.chats[a] + s.calls[a], s.chats[b] + s.calls[b]
    if r.most_loaded:
        load_a, load_b = -s.chats[a], -s.chats[b]
    if load_a != load_b:
        return load_a < load_b
    asks_a, asks_b = s.message[a] != NONE, s.message[b] != NONE
    if asks_a != asks_b:
        return asks_b
    return a < b


@compiled
def _best_roomy(r, s, site, channel):
    """The first in order of those who hold chats, have room and suit, or `NONE`: by how many chats they hold.

    Nobody who holds a chat has a written question in hand.
    """
    for i in range(1, r.levels):
        level = r.levels - i if r.most_loaded else i
        for word in range(r.first_word[site], r.first_word[site + 1]):
            bits = s.roomy[level * r.set_words + word]
            while bits != 0:
                c = counsellor_of(r, site, word, bits)
                if _suits(r, s, c, channel, site):
                    return c
                bits &= bits - 1
    return NONE


@inlined
def colleague(r, p, s, site, channel):
    """Who of a site has room for one more of a channel (`NONE`: for anybody who waits), or `NONE`.

    The idle carry the least load, those who hold chats the most.
    """
    if r.most_loaded and channel != PHONE:
        best = _best_roomy(r, s, site, channel)
        return best if best != NONE else _best_idle(r, p, s, site, channel)
    best = _best_idle(r, p, s, site, channel)
    return best if best != NONE or channel == PHONE else _best_roomy(r, s, site, channel)


@compiled
def _next_with_lingerers(r, p, s, site):
    """As `colleague` for anybody who waits, those counted in who stay to serve out a queue."""
    spoken_for = idle_are_spoken_for(r, p, s, site)
    best = NONE
    for c in range(r.first_of_site[site], r.first_of_site[site + 1]):
        is_here = s.lingers[c] == 1 or is_able(r, s, c, site, spoken_for)
        takes = is_here and next_channel(r, s, c, site) != NONE
        if takes and (best == NONE or _comes_before(r, s, c, best)):
            best = c
    return best


@compiled
def next_taker(r, p, s, site):
    """Who takes the next of those who wait at a site, or `NONE`."""
    if s.lingerers[site] > 0:
        return _next_with_lingerers(r, p, s, site)
    return colleague(r, p, s, site, NONE)


@inlined
def free_for(r, p, s, site, channel):
    """Who takes somebody who comes now; nobody where others wait before her."""
    if (s.waiting[site] >> channel) & 1:
        return NONE
    return colleague(r, p, s, site, channel)
