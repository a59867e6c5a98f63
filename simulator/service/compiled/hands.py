"""One counsellor's hands and clock: what she takes, holds, hands on and lets go, and where her time goes.

Rules and their reasons are in `simulator.service.counsellor` and `conversations`.
"""

import numpy as np

from simulator.service.compiled import draws
from simulator.service.compiled.layouts import CHAT, LIVE_MASK, N_LIVE, NONE, NOW, OPEN, PHONE
from simulator.service.compiled.machine import compiled, inlined
from simulator.service.compiled.queues import event, join_by_age, push
from simulator.service.compiled.teams import colleague, sort_in
from simulator.service.events import ASSIGN, SERVICE_ENDS
from simulator.service.ledger import ANSWERED
from simulator.service.plan import CENTRE

THOUSANDTHS = 1000


@inlined
def account(r, s, c):
    """Book the time since the last change."""
    now = s.registers[NOW]
    in_hand = s.calls[c] + s.chats[c] + (s.message[c] != NONE)
    if in_hand > 0:
        until = min(now, r.horizon_ms) if s.on_duty[c] == 1 else now
        spent = max(0, until - max(s.since_ms[c], r.from_ms))
        s.slot_ms[c] += in_hand * spent
        if s.on_duty[c] == 1:
            s.busy_ms[c] += spent
        else:
            s.overtime_ms[c] += spent
    s.since_ms[c] = now


@inlined
def _pace(r, s, c):
    return r.speed[min(s.chats[c], r.paces) - 1]


@compiled
def progress(r, s, c):
    """Let her chats proceed at the present pace until now."""
    now = s.registers[NOW]
    elapsed = now - s.progress_ms[c]
    s.progress_ms[c] = now
    if elapsed > 0 and s.talkers[c] > 0:
        done = elapsed * _pace(r, s, c)
        for i in range(c * r.talk_room, c * r.talk_room + s.talkers[c]):
            s.remaining[i] = max(0, s.remaining[i] - done)


@inlined
def end_at(s, row, c, at_ms):
    """What she does with a contact ends then, if nothing changes."""
    s.held_by[row] = c
    s.due_ms[row] = at_ms
    push(s, at_ms, event(SERVICE_ENDS, row))


@compiled
def replan(r, s, c):
    """The pace may have changed: every chat in conversation gets its new end."""
    for i in range(c * r.talk_room, c * r.talk_room + s.talkers[c]):
        pace = _pace(r, s, c)
        end_ms = s.registers[NOW] + (s.remaining[i] + pace - 1) // pace
        if end_ms != s.due_ms[s.talking[i]]:
            end_at(s, s.talking[i], c, end_ms)


@compiled
def take_chat(r, s, row, c, remaining):
    """One more chat in her hands slows the others."""
    progress(r, s, c)
    s.chats[c] += 1
    place = c * r.talk_room + s.talkers[c]
    s.talking[place] = row
    s.remaining[place] = remaining
    s.talkers[c] += 1
    s.held_by[row] = c
    sort_in(r, s, c)
    replan(r, s, c)


@compiled
def stop_talking(r, s, row, c):
    """Take a chat out of those in conversation, the others keep their order."""
    first, n = c * r.talk_room, s.talkers[c]
    for i in range(first, first + n):
        if s.talking[i] == row:
            for j in range(i, first + n - 1):
                s.talking[j] = s.talking[j + 1]
                s.remaining[j] = s.remaining[j + 1]
            s.talkers[c] = n - 1
            return


@inlined
def take_call(r, s, row, c, end_ms):
    """A call takes the whole counsellor."""
    s.calls[c] = 1
    s.call[c] = row
    sort_in(r, s, c)
    end_at(s, row, c, end_ms)


@inlined
def note_start(r, s, row, c):
    """Write down who takes a contact first, and when."""
    now = s.registers[NOW]
    s.counsellor[row] = c
    s.site[row] = r.site_of[c]
    s.wait_ms[row] = now - s.at_ms[row]
    s.start_ms[row] = now


@inlined
def assign_soon(s, site):
    """Look at those who wait once all services that end now have ended and all shifts have changed.

    Written questions alone can wait for somebody idle: whoever becomes so calls this again.
    """
    waiting = s.waiting[site] & (LIVE_MASK | s.registers[OPEN])
    if waiting & LIVE_MASK != 0 or (waiting != 0 and s.idle_count[site] + s.lingerers[site] > 0):
        push(s, s.registers[NOW], event(ASSIGN, site))


@inlined
def make_room(r, s, c):
    """Book her time, and let her lay aside a written question."""
    account(r, s, c)
    row = s.message[c]
    if row != NONE:
        s.message[c] = NONE
        s.left_ms[row] = s.due_ms[row] - s.registers[NOW]
        s.held_by[row] = NONE
        join_by_age(s, CENTRE, s.row_channel[row], row)
        assign_soon(s, r.site_of[c])


@compiled
def start(r, p, s, row, c):
    """A counsellor takes somebody."""
    make_room(r, s, c)
    channel = np.int64(s.row_channel[row])
    s.fate[row] = ANSWERED
    note_start(r, s, row, c)
    work_ms = draws.work_ms(p, s.person[row], channel)
    if channel == CHAT:
        take_chat(r, s, row, c, work_ms * THOUSANDTHS)
    else:
        take_call(r, s, row, c, s.registers[NOW] + work_ms)


@inlined
def let_go(r, s, row, c):
    """Her hands are free of this contact."""
    account(r, s, c)
    s.held_by[row] = NONE
    if s.row_channel[row] == CHAT:
        progress(r, s, c)
        s.chats[c] -= 1
        sort_in(r, s, c)
        replan(r, s, c)
    else:
        s.calls[c] = 0
        s.call[c] = NONE
        sort_in(r, s, c)
    assign_soon(s, r.site_of[c])


@inlined
def service_ends(r, p, s, row):
    """A conversation, a wrap-up or a written answer ends."""
    c, now = s.held_by[row], s.registers[NOW]
    if c == NONE or s.due_ms[row] != now:
        return  # the end was replanned after this event was made
    channel = s.row_channel[row]
    if channel >= N_LIVE:
        account(r, s, c)
        s.message[c] = NONE
        s.held_by[row] = NONE
        s.fate[row] = ANSWERED
        s.end_ms[row] = now
        assign_soon(s, r.site_of[c])
    elif s.end_ms[row] >= 0:
        let_go(r, s, row, c)
    else:
        s.end_ms[row] = now
        if channel == CHAT:
            progress(r, s, c)
            stop_talking(r, s, row, c)
        wrap_up_ms = draws.wrap_up_ms(p, s.person[row], channel)
        if wrap_up_ms > 0:
            end_at(s, row, c, now + wrap_up_ms)
        else:
            let_go(r, s, row, c)


@compiled
def hand_on(r, p, s, c):
    """Conversations pass to colleagues with room; wrap-up, and what finds no room, she finishes herself."""
    account(r, s, c)
    site, row = r.site_of[c], s.call[c]
    if row != NONE and s.end_ms[row] < 0:
        other = colleague(r, p, s, site, PHONE)
        if other != NONE:
            s.calls[c] = 0
            s.call[c] = NONE
            sort_in(r, s, c)
            make_room(r, s, other)
            take_call(r, s, row, other, s.due_ms[row])
    progress(r, s, c)
    i = c * r.talk_room
    while i < c * r.talk_room + s.talkers[c]:
        row = s.talking[i]
        other = colleague(r, p, s, site, CHAT)
        if other == NONE:
            i += 1
            continue
        remaining = s.remaining[i]
        stop_talking(r, s, row, c)
        s.chats[c] -= 1
        sort_in(r, s, c)
        make_room(r, s, other)
        take_chat(r, s, row, other, remaining)
    replan(r, s, c)


@compiled
def stop(r, s, channel, c):
    """End all conversations of a channel now, without wrap-up."""
    if channel == CHAT:
        while s.talkers[c] > 0:
            row = s.talking[c * r.talk_room]
            s.end_ms[row] = s.registers[NOW]
            progress(r, s, c)
            stop_talking(r, s, row, c)
            let_go(r, s, row, c)
    elif s.calls[c] == 1 and s.end_ms[s.call[c]] < 0:
        row = s.call[c]
        s.end_ms[row] = s.registers[NOW]
        let_go(r, s, row, c)
